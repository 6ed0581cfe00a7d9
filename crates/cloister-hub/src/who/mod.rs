//! Who may do what: roles and views, tokens, certificates, the cluster's word and an issuer's, the one-time link, sessions, and
//! how often one may try.

pub mod certificate;
pub mod kubernetes;
pub mod limits;
pub mod oidc;
pub mod role;
pub mod scope;
pub mod secret;
pub mod sessions;
pub mod tokens;

use role::{Right, Role};
use scope::Scope;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// As they are called in decisions and in the record.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What of all sources they may see.
    pub scope: Scope,
    /// Against requests that others forge; empty for tokens, which no browser sends by itself.
    pub forms: String,
}

impl Who {
    /// As pages call them: the name of somebody of an issuer without what tells them from others of that name.
    pub fn shown(&self) -> &str {
        let whole = self.name.as_str();
        whole.strip_prefix("oidc:").and_then(|name| name.split_once(" (")).map_or(whole, |(name, _)| name)
    }

    /// Whether they may.
    pub fn may(&self, right: Right) -> bool {
        self.role.may(right) && (self.scope.is_whole() || right.is_within_namespaces())
    }
}
