//! Which names an issuer could give: tried by making up a token, and following it through mappings and rules.

use serde_json::{Map, Value, json};

use crate::expression::Outcome;
use crate::{ClaimRule, Expression, Issuer, Mapping};

/// A name that somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'n> {
    /// As a user.
    User(&'n str),
    /// As a group.
    Group(&'n str),
}

/// Whether a token of the issuer can come to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It can, if the issuer writes this.
    Yes(String),
    /// It cannot: by the prefix, or by this rule.
    No(String),
    /// That is not known.
    Unknown(String),
}

/// What a claim may be that an expression looks at.
type Guess = fn(&str) -> Value;

const GUESSES: [Guess; 3] = [|name| json!(name), |name| json!([name]), |_| json!(true)];

impl Issuer {
    /// Whether whoever writes its tokens can name somebody so.
    pub fn may_name(&self, name: Name<'_>) -> Answer {
        let (mapping, wanted) = match name {
            Name::User(wanted) => (&self.username, wanted),
            Name::Group(wanted) => (&self.groups, wanted),
        };
        let (claims, said) = match token(mapping, wanted) {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        for rule in &self.claim_rules {
            if let Some(answer) = stopped_by_claims(rule, &claims) {
                return answer;
            }
        }
        let user = match name {
            Name::User(wanted) => json!({"username": wanted, "uid": "", "groups": [], "extra": {}}),
            Name::Group(wanted) => json!({"username": "somebody", "uid": "", "groups": [wanted], "extra": {}}),
        };
        for rule in &self.user_rules {
            match rule.outcome(&user) {
                Outcome::Value(Value::Bool(true)) => {}
                // An error refuses the user, too.
                Outcome::Value(_) | Outcome::Error => {
                    return Answer::No(format!("the rule {} refuses it", rule.source));
                }
                Outcome::Unknown(why) => {
                    return Answer::Unknown(format!("the rule {} is not understood: {why}", rule.source));
                }
            }
        }
        Answer::Yes(said)
    }
}

/// The claims that make the mapping come to what is wanted, and how they are told.
fn token(mapping: &Mapping, wanted: &str) -> Result<(Value, String), Answer> {
    match mapping {
        Mapping::None => Err(Answer::No("nothing of a token is taken for it".to_owned())),
        Mapping::Claim { claim, prefix } => match wanted.strip_prefix(prefix.as_str()) {
            Some(value) if !value.is_empty() => {
                let mut claims = Map::new();
                claims.insert(claim.clone(), json!(value));
                Ok((Value::Object(claims), format!("{claim}: {value}")))
            }
            _ => Err(Answer::No(format!("every name begins with \"{prefix}\""))),
        },
        Mapping::Expression(expression) => by_expression(expression, wanted),
    }
}

fn by_expression(expression: &Expression, wanted: &str) -> Result<(Value, String), Answer> {
    // Names that are put together: what stands behind a word of the expression may be enough.
    let ends = wanted.char_indices().filter_map(|(at, _)| wanted.get(at..));
    let mut unknown = None;
    for guess in GUESSES {
        for end in ends.clone().take(64) {
            let mut claims = Value::Object(Map::new());
            expression.claims().iter().for_each(|path| set(&mut claims, path, guess(end)));
            match expression.outcome(&claims) {
                Outcome::Value(value) if comes_to(&value, wanted) => {
                    return Ok((claims, format!("{}: {end}", expression.claims().join(", "))));
                }
                Outcome::Unknown(why) => unknown = Some(why),
                Outcome::Value(_) | Outcome::Error => {}
            }
        }
    }
    Err(match unknown {
        Some(why) => Answer::Unknown(format!("{} is not understood: {why}", expression.source)),
        None => Answer::No(format!("{} did not come to it for any claim that was tried", expression.source)),
    })
}

fn comes_to(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| item == wanted),
        _ => false,
    }
}

fn set(claims: &mut Value, path: &str, value: Value) {
    let Value::Object(fields) = claims else { return };
    match path.split_once('.') {
        None => {
            fields.entry(path).or_insert(value);
        }
        Some((first, rest)) => set(fields.entry(first).or_insert_with(|| json!({})), rest, value),
    }
}

/// A rule that these very claims break. What it asks of others the issuer may say as well.
fn stopped_by_claims(rule: &ClaimRule, claims: &Value) -> Option<Answer> {
    match rule {
        ClaimRule::Value { claim, value } => {
            let own = claims.get(claim)?;
            (own != value).then(|| Answer::No(format!("{claim} must be \"{value}\"")))
        }
        ClaimRule::Expression(expression) => {
            let asks_others = expression
                .claims()
                .iter()
                .any(|path| claims.pointer(&format!("/{}", path.replace('.', "/"))).is_none());
            match expression.outcome(claims) {
                Outcome::Value(Value::Bool(false)) if !asks_others => {
                    Some(Answer::No(format!("the rule {} refuses it", expression.source)))
                }
                Outcome::Unknown(why) => {
                    Some(Answer::Unknown(format!("the rule {} is not understood: {why}", expression.source)))
                }
                _ => None,
            }
        }
    }
}
