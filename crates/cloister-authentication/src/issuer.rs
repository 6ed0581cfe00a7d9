//! One issuer of tokens, and what becomes of its claims.

use cloister_model::Node;

use crate::Expression;

/// Whose tokens are taken, and how they are read.
#[derive(Debug, Default)]
pub struct Issuer {
    /// `iss` of its tokens.
    pub url: String,
    /// One of them must be in `aud`.
    pub audiences: Vec<String>,
    /// The user's name.
    pub username: Mapping,
    /// The user's groups.
    pub groups: Mapping,
    /// What a token must say.
    pub claim_rules: Vec<ClaimRule>,
    /// What the user must be that comes of it.
    pub user_rules: Vec<Expression>,
}

/// What makes a name of claims.
#[derive(Debug, Default)]
pub enum Mapping {
    /// Nothing does.
    #[default]
    None,
    /// The claim's value behind the prefix.
    Claim {
        /// The claim.
        claim: String,
        /// What is put before its value; empty for nothing.
        prefix: String,
    },
    /// What the expression comes to.
    Expression(Expression),
}

/// What a token must say.
#[derive(Debug)]
pub enum ClaimRule {
    /// This claim has this value.
    Value {
        /// The claim.
        claim: String,
        /// Its value.
        value: String,
    },
    /// The expression is true.
    Expression(Expression),
}

impl Issuer {
    /// Of an item of `jwt`.
    pub(crate) fn of(node: &Node) -> Issuer {
        let word = |path: &str| node.str_at(path).unwrap_or_default().to_owned();
        Issuer {
            url: word("issuer/url"),
            audiences: node.strs_at("issuer/audiences").map(str::to_owned).collect(),
            username: Mapping::of(node.at("claimMappings/username")),
            groups: Mapping::of(node.at("claimMappings/groups")),
            claim_rules: node.items_at("claimValidationRules").iter().map(ClaimRule::of).collect(),
            user_rules: node
                .items_at("userValidationRules")
                .iter()
                .map(|rule| Expression::of_user(rule.str_at("expression").unwrap_or_default()))
                .collect(),
        }
    }

    /// Whether an address that nobody has proven to be their own can become a user's name: the claim `email` is the
    /// name, and a token without `email_verified` is taken.
    pub fn takes_unverified_email(&self) -> bool {
        let Mapping::Claim { claim, .. } = &self.username else { return false };
        let asks = |rule: &ClaimRule| match rule {
            ClaimRule::Value { claim, .. } => claim == "email_verified",
            ClaimRule::Expression(expression) => expression.claims().iter().any(|path| *path == "email_verified"),
        };
        claim == "email" && !self.claim_rules.iter().any(asks)
    }
}

impl Mapping {
    fn of(node: Option<&Node>) -> Mapping {
        let word = |key: &str| node.and_then(|node| node.str_at(key)).filter(|word| !word.is_empty());
        match (word("expression"), word("claim")) {
            (Some(expression), _) => Mapping::Expression(Expression::of_claims(expression)),
            (None, Some(claim)) => {
                Mapping::Claim { claim: claim.to_owned(), prefix: word("prefix").unwrap_or_default().to_owned() }
            }
            (None, None) => Mapping::None,
        }
    }
}

impl ClaimRule {
    fn of(node: &Node) -> ClaimRule {
        let word = |key: &str| node.str_at(key).unwrap_or_default().to_owned();
        match node.str_at("expression").filter(|expression| !expression.is_empty()) {
            Some(expression) => ClaimRule::Expression(Expression::of_claims(expression)),
            None => ClaimRule::Value { claim: word("claim"), value: word("requiredValue") },
        }
    }
}
