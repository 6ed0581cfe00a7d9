//! Rights: what of an action a role can express.

use std::collections::BTreeSet;

use cloister_rbac::Action;

/// What a right is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Objects of the API.
    Resource {
        /// The API group; empty for the core.
        group: String,
        /// The plural, with its subresource as rules write it.
        resource: String,
        /// The one object; empty for all. A request without a name needs all: no list of names matches it.
        name: String,
    },
    /// Another path of the server.
    Url(String),
}

/// One right, as narrow as RBAC can give it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Right {
    /// Where; empty for everywhere, and for what lives in no namespace.
    pub namespace: String,
    /// The verb.
    pub verb: String,
    /// Of what.
    pub about: About,
}

impl Right {
    /// The right that an action needs.
    pub fn of(action: &Action) -> Right {
        match action {
            Action::Resource(action) => Right {
                namespace: action.namespace.clone(),
                verb: action.verb.clone(),
                about: About::Resource {
                    group: action.group.clone(),
                    resource: action.path(),
                    name: action.name.clone(),
                },
            },
            Action::Url { verb, path } => {
                Right { namespace: String::new(), verb: verb.clone(), about: About::Url(path.clone()) }
            }
        }
    }

    /// The same right for every name.
    #[must_use]
    pub fn unnamed(&self) -> Right {
        let mut right = self.clone();
        if let About::Resource { name, .. } = &mut right.about {
            name.clear();
        }
        right
    }

    /// The same right in every namespace.
    #[must_use]
    pub fn everywhere(&self) -> Right {
        Right { namespace: String::new(), ..self.clone() }
    }

    /// Its one name; empty for all.
    pub fn name(&self) -> &str {
        match &self.about {
            About::Resource { name, .. } => name,
            About::Url(_) => "",
        }
    }

    /// `get pods.apps`, `get /metrics`.
    pub fn phrase(&self) -> String {
        match &self.about {
            About::Resource { group, resource, .. } if group.is_empty() => format!("{} {resource}", self.verb),
            About::Resource { group, resource, .. } => {
                let (resource, below) =
                    resource.split_once('/').map_or((&**resource, ""), |(resource, below)| (resource, below));
                let slash = if below.is_empty() { "" } else { "/" };
                format!("{} {resource}.{group}{slash}{below}", self.verb)
            }
            About::Url(path) => format!("{} {path}", self.verb),
        }
    }
}

/// Why no rule can give this action without giving more; `None` where one can.
pub fn why_not(action: &Action) -> Option<&'static str> {
    match action {
        Action::Resource(action) if action.verb.is_empty() || action.verb == "*" => {
            Some("its HTTP method is no verb of the API")
        }
        Action::Resource(action) if action.group == "*" || action.resource == "*" => {
            Some("a rule with its resource or group would be a wildcard")
        }
        Action::Resource(action) if !action.namespace.is_empty() && !is_label(&action.namespace) => {
            Some("no namespace can be called so, and none was reached")
        }
        Action::Url { verb, .. } if verb.is_empty() || verb == "*" => {
            Some("its HTTP method is none that a rule can name")
        }
        Action::Url { path, .. } if path.ends_with('*') || path.is_empty() => {
            Some("a rule with its path would be a wildcard")
        }
        _ => None,
    }
}

/// What a namespace may be called (RFC 1123, section 2.1): a binding in another one cannot be made.
fn is_label(name: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit();
    name.len() <= 63
        && name.starts_with(fits)
        && name.ends_with(fits)
        && name.chars().all(|sign| fits(sign) || sign == '-')
}

/// Leaves out what others of the rights include.
pub fn reduce(rights: &BTreeSet<Right>) -> BTreeSet<Right> {
    let is_included = |right: &&Right| {
        let wider = [right.unnamed(), right.everywhere(), right.unnamed().everywhere()];
        wider.iter().any(|wider| wider != *right && rights.contains(wider))
    };
    rights.iter().filter(|right| !is_included(right)).cloned().collect()
}
