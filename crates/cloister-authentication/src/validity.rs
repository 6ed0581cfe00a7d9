//! Whether the API server takes a configuration. The types of expressions are looked at only as far as no type of a
//! claim is needed for it.
//! Source: `ValidateAuthenticationConfiguration`.

use cloister_model::shape::{Shape, misfits};
use cloister_model::{Node, Place};

use crate::{Configuration, Expression};

/// Why the server does not start with a configuration.
#[derive(Debug)]
pub struct Fault<'a> {
    /// What is wrong.
    pub place: Place<'a>,
    /// Why, as a phrase.
    pub cause: String,
}

/// What of the server's own flags decides.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `--anonymous-auth` is written.
    pub anonymous_flag: bool,
    /// Any of `--oidc-*` is written.
    pub oidc_flags: bool,
    /// `--service-account-issuer`: nobody else may be called so.
    pub own_issuers: Vec<String>,
}

/// Of one configuration.
const MOST_ISSUERS: usize = 64;

const EXPRESSION: Shape = Shape::Map(&[("claim", Shape::Text), ("expression", Shape::Text)]);
const PREFIXED: Shape = Shape::Map(&[("claim", Shape::Text), ("prefix", Shape::Text), ("expression", Shape::Text)]);
const ISSUER: Shape = Shape::Map(&[
    ("url", Shape::Text),
    ("discoveryURL", Shape::Text),
    ("certificateAuthority", Shape::Text),
    ("audiences", Shape::List(&Shape::Text)),
    ("audienceMatchPolicy", Shape::Text),
    ("egressSelectorType", Shape::Text),
]);
const CLAIM_RULE: Shape = Shape::Map(&[
    ("claim", Shape::Text),
    ("requiredValue", Shape::Text),
    ("expression", Shape::Text),
    ("message", Shape::Text),
]);
const USER_RULE: Shape = Shape::Map(&[("expression", Shape::Text), ("message", Shape::Text)]);
const EXTRA: Shape = Shape::Map(&[("key", Shape::Text), ("valueExpression", Shape::Text)]);
const MAPPINGS: Shape =
    Shape::Map(&[("username", PREFIXED), ("groups", PREFIXED), ("uid", EXPRESSION), ("extra", Shape::List(&EXTRA))]);
const JWT: Shape = Shape::Map(&[
    ("issuer", ISSUER),
    ("claimValidationRules", Shape::List(&CLAIM_RULE)),
    ("claimMappings", MAPPINGS),
    ("userValidationRules", Shape::List(&USER_RULE)),
]);
const ANONYMOUS: Shape =
    Shape::Map(&[("enabled", Shape::Bool), ("conditions", Shape::List(&Shape::Map(&[("path", Shape::Text)])))]);
const DOCUMENT: Shape = Shape::Map(&[
    ("apiVersion", Shape::Text),
    ("kind", Shape::Text),
    ("jwt", Shape::List(&JWT)),
    ("anonymous", ANONYMOUS),
]);

impl<'a> Configuration<'a> {
    /// Everything for which the server refuses to start; nothing where it takes the configuration.
    pub fn faults(&self, server: &Server) -> Vec<Fault<'a>> {
        let whole = Place::whole(self.resource);
        let versions = ["v1", "v1beta1", "v1alpha1"].map(|version| format!("apiserver.config.k8s.io/{version}"));
        if !versions.iter().any(|version| **version == *self.resource.api_version) {
            let cause = "the server knows this document as apiserver.config.k8s.io/v1, v1beta1 and v1alpha1".to_owned();
            return vec![Fault { place: whole.at("apiVersion"), cause }];
        }
        let misfits = misfits(self.resource, &DOCUMENT);
        if !misfits.is_empty() {
            return misfits.into_iter().map(|(place, cause)| Fault { place, cause }).collect();
        }
        let mut judge = Judge { server, faults: Vec::new() };
        judge.anonymous(whole);
        let jwt = self.resource.root.items_at("jwt");
        if !jwt.is_empty() && server.oidc_flags {
            judge.fault(whole.at("jwt"), "the flags --oidc-* are set as well");
        }
        if jwt.len() > MOST_ISSUERS {
            judge.fault(whole.at("jwt"), format!("it names more than {MOST_ISSUERS} issuers"));
            return judge.faults;
        }
        for (index, node) in jwt.iter().enumerate() {
            let place = Place::of(self.resource, node);
            judge.issuer(place);
            for path in ["issuer/url", "issuer/discoveryURL"] {
                let own = node.str_at(path).unwrap_or_default();
                let before = jwt.iter().take(index).any(|other| other.str_at(path).unwrap_or_default() == own);
                if before && (path == "issuer/url" || !own.is_empty()) {
                    judge.fault(place.at(path), "another issuer before it has the same address");
                }
            }
            judge.mappings(place);
        }
        judge.faults
    }
}

struct Judge<'s, 'a> {
    server: &'s Server,
    faults: Vec<Fault<'a>>,
}

fn word<'a>(node: &'a Node, path: &str) -> &'a str {
    node.str_at(path).unwrap_or_default()
}

impl<'a> Judge<'_, 'a> {
    fn fault(&mut self, place: Place<'a>, cause: impl Into<String>) {
        self.faults.push(Fault { place, cause: cause.into() });
    }

    fn anonymous(&mut self, whole: Place<'a>) {
        let Some(anonymous) = whole.node.get("anonymous") else { return };
        if self.server.anonymous_flag {
            self.fault(whole.at("anonymous"), "the flag --anonymous-auth is set as well");
        }
        if anonymous.bool_at("enabled") != Some(true) && !anonymous.items_at("conditions").is_empty() {
            self.fault(whole.at("anonymous/conditions"), "conditions need enabled: true");
        }
    }

    fn issuer(&mut self, place: Place<'a>) {
        let url = word(place.node, "issuer/url");
        if url.is_empty() {
            self.fault(place.at("issuer/url"), "an issuer has no url");
        } else {
            self.address(place.at("issuer/url"), url);
            if self.server.own_issuers.iter().any(|own| own == url) {
                self.fault(place.at("issuer/url"), "the server's own service account tokens are issued by this name");
            }
        }
        let discovery = word(place.node, "issuer/discoveryURL");
        if !discovery.is_empty() {
            self.address(place.at("issuer/discoveryURL"), discovery);
            if url.trim_end_matches('/') == discovery.trim_end_matches('/') {
                self.fault(place.at("issuer/discoveryURL"), "discoveryURL must differ from url");
            }
        }
        self.audiences(place);
        let authority = word(place.node, "issuer/certificateAuthority");
        if !authority.is_empty() && !authority.contains("-----BEGIN CERTIFICATE-----") {
            self.fault(place.at("issuer/certificateAuthority"), "certificateAuthority holds no certificate");
        }
        if !["", "controlplane", "cluster"].contains(&word(place.node, "issuer/egressSelectorType")) {
            self.fault(place.at("issuer/egressSelectorType"), "egressSelectorType is controlplane or cluster");
        }
    }

    /// Source: `validateURL`, over Go's `url.Parse`.
    fn address(&mut self, place: Place<'a>, url: &str) {
        let Some((scheme, rest)) = url.split_once("://") else {
            return self.fault(place, "the address of an issuer begins with https://");
        };
        if url.chars().any(|letter| letter.is_control() || letter == ' ') {
            return self.fault(place, "the address of an issuer cannot be read");
        }
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (before_fragment, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let query = before_fragment.split_once('?').map_or("", |(_, query)| query);
        let cause = if !scheme.eq_ignore_ascii_case("https") {
            "the address of an issuer begins with https://"
        } else if host.contains('@') {
            "the address of an issuer holds a name or password"
        } else if !query.is_empty() {
            "the address of an issuer holds a query"
        } else if !fragment.is_empty() {
            "the address of an issuer holds a fragment"
        } else {
            return;
        };
        self.fault(place, cause);
    }

    fn audiences(&mut self, place: Place<'a>) {
        let audiences = place.node.items_at("issuer/audiences");
        if audiences.is_empty() {
            return self.fault(place.at("issuer/audiences"), "an issuer has no audience");
        }
        for (index, audience) in audiences.iter().enumerate() {
            let text = audience.as_str().unwrap_or_default();
            let at = Place::of(place.resource, audience);
            if text.is_empty() {
                self.fault(at, "an audience is empty");
            }
            if audiences.iter().take(index).any(|other| other.as_str() == Some(text)) {
                self.fault(at, "an audience is named twice");
            }
        }
        let policy = word(place.node, "issuer/audienceMatchPolicy");
        let good = policy == "MatchAny" || (audiences.len() == 1 && policy.is_empty());
        if !good {
            let cause = if audiences.len() > 1 {
                "several audiences need audienceMatchPolicy: MatchAny"
            } else {
                "audienceMatchPolicy is MatchAny or empty"
            };
            self.fault(place.at("issuer/audienceMatchPolicy"), cause);
        }
    }

    fn compile(&mut self, place: Place<'a>, expression: &Expression, must_be_truth: bool) {
        if let Some(mistake) = expression.mistake(must_be_truth) {
            self.fault(place, format!("the expression is refused: {mistake}"));
        }
    }

    fn mappings(&mut self, place: Place<'a>) {
        let verified = self.claim_rules(place);
        let username = self.prefixed(place.at("claimMappings/username"), place.node, "username");
        self.prefixed(place.at("claimMappings/groups"), place.node, "groups");
        self.uid(place);
        let extra = self.extra(place);
        let (asks, proves) = username
            .map_or((false, false), |expression| (uses(&expression, "email"), uses(&expression, "email_verified")));
        if asks && !(proves || verified || extra) {
            let cause = "claims.email is used as the name, and claims.email_verified nowhere";
            self.fault(place.at("claimMappings/username/expression"), cause);
        }
        self.user_rules(place);
    }

    /// Whether any of them asks for `email_verified`.
    fn claim_rules(&mut self, place: Place<'a>) -> bool {
        let rules = place.node.items_at("claimValidationRules");
        let mut verified = false;
        for (index, rule) in rules.iter().enumerate() {
            let at = Place::of(place.resource, rule);
            let twice = |key: &str| rules.iter().take(index).any(|other| word(other, key) == word(rule, key));
            match (word(rule, "claim"), word(rule, "expression")) {
                ("", "") => self.fault(at, "a rule has neither claim nor expression"),
                (_, "") => {
                    if !word(rule, "message").is_empty() {
                        self.fault(at.at("message"), "a rule with a claim has no message");
                    }
                    if twice("claim") {
                        self.fault(at.at("claim"), "two rules speak of the same claim");
                    }
                }
                ("", source) => {
                    if !word(rule, "requiredValue").is_empty() {
                        self.fault(at.at("requiredValue"), "a rule with an expression has no requiredValue");
                    }
                    if twice("expression") {
                        self.fault(at.at("expression"), "two rules have the same expression");
                        continue;
                    }
                    let expression = Expression::of_claims(source);
                    verified |= uses(&expression, "email_verified");
                    self.compile(at.at("expression"), &expression, true);
                }
                _ => self.fault(at, "a rule has a claim and an expression"),
            }
        }
        verified
    }

    /// Source: `validatePrefixClaimOrExpression`.
    fn prefixed(&mut self, place: Place<'a>, jwt: &'a Node, name: &str) -> Option<Expression> {
        let none = Node::unplaced(cloister_model::Value::Null);
        let node = jwt.at("claimMappings").and_then(|mappings| mappings.get(name)).unwrap_or(&none);
        let has_prefix = node.get("prefix").is_some();
        match (node.str_at("claim").unwrap_or_default(), node.str_at("expression").unwrap_or_default()) {
            ("", "") => {
                if name == "username" {
                    self.fault(place, "nothing says what the user's name is");
                }
                None
            }
            (_, "") => {
                if !has_prefix {
                    self.fault(place, format!("{name} needs a prefix, which may be empty"));
                }
                None
            }
            ("", source) => {
                if has_prefix {
                    self.fault(place.at("prefix"), format!("{name} has an expression and a prefix"));
                }
                let expression = Expression::of_claims(source);
                self.compile(place.at("expression"), &expression, false);
                Some(expression)
            }
            _ => {
                self.fault(place, format!("{name} has a claim and an expression"));
                None
            }
        }
    }

    fn uid(&mut self, place: Place<'a>) {
        let at = place.at("claimMappings/uid");
        match (word(place.node, "claimMappings/uid/claim"), word(place.node, "claimMappings/uid/expression")) {
            (_, "") => {}
            ("", source) => self.compile(at.at("expression"), &Expression::of_claims(source), false),
            _ => self.fault(at, "uid has a claim and an expression"),
        }
    }

    /// Whether any of them asks for `email_verified`.
    fn extra(&mut self, place: Place<'a>) -> bool {
        let extra = place.node.items_at("claimMappings/extra");
        let mut verified = false;
        for (index, item) in extra.iter().enumerate() {
            let at = Place::of(place.resource, item);
            let key = word(item, "key");
            if let Some(cause) = wrong_key(key) {
                self.fault(at.at("key"), cause);
            }
            if extra.iter().take(index).any(|other| word(other, "key") == key) {
                self.fault(at.at("key"), "two extra fields have the same key");
                continue;
            }
            match word(item, "valueExpression") {
                "" => self.fault(at.at("valueExpression"), "an extra field has no valueExpression"),
                source => {
                    let expression = Expression::of_claims(source);
                    verified |= uses(&expression, "email_verified");
                    self.compile(at.at("valueExpression"), &expression, false);
                }
            }
        }
        verified
    }

    fn user_rules(&mut self, place: Place<'a>) {
        let rules = place.node.items_at("userValidationRules");
        for (index, rule) in rules.iter().enumerate() {
            let at = Place::of(place.resource, rule).at("expression");
            match word(rule, "expression") {
                "" => self.fault(at, "a rule has no expression"),
                source if rules.iter().take(index).any(|other| word(other, "expression") == source) => {
                    self.fault(at, "two rules have the same expression");
                }
                source => self.compile(at, &Expression::of_user(source), true),
            }
        }
    }
}

/// Whether `claims.NAME` stands in it.
fn uses(expression: &Expression, name: &str) -> bool {
    expression.claims().iter().any(|path| path.split('.').next() == Some(name))
}

/// Source: `IsDomainPrefixedPath`, and the domains that are Kubernetes' own.
fn wrong_key(key: &str) -> Option<&'static str> {
    let (domain, path) = key.split_once('/').unwrap_or((key, ""));
    let is_label = |label: &str| {
        let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let reserved = |own: &str| domain == own || domain.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'));
    if key.to_lowercase() != key {
        Some("the key of an extra field is lowercase")
    } else if path.is_empty() || !domain.split('.').all(is_label) {
        Some("the key of an extra field is a domain and a path: example.org/name")
    } else if reserved("k8s.io") || reserved("kubernetes.io") {
        Some("k8s.io and kubernetes.io are reserved for Kubernetes")
    } else {
        None
    }
}
