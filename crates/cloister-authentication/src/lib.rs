//! Who an API server takes somebody for: AuthenticationConfiguration and the `--oidc-*` flags as the server reads them,
//! and which names an issuer could give to whoever holds its tokens.
//! Source: Kubernetes 1.37, `apiserver/pkg/apis/apiserver/validation` and `plugin/pkg/authenticator/token/oidc`.

mod expression;
mod flags;
mod issuer;
mod naming;
mod validity;

use cloister_model::Resource;

pub use expression::Expression;
pub use flags::{Oidc, issuer_of_flags};
pub use issuer::{ClaimRule, Issuer, Mapping};
pub use naming::{Answer, Name};
pub use validity::{Fault, Server};

/// One AuthenticationConfiguration.
#[derive(Debug)]
pub struct Configuration<'a> {
    /// Its document.
    pub resource: &'a Resource,
    /// Whose tokens it takes, in order.
    pub issuers: Vec<Issuer>,
    /// What it says of requests without credentials; nothing leaves it to the flag.
    pub anonymous: Option<Anonymous>,
}

/// Requests without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anonymous {
    /// Whether any are let through to the authorisers.
    pub enabled: bool,
    /// Only to these paths, exactly; none are all.
    pub paths: Vec<String>,
}

/// The paths by which others ask whether a server is well.
pub const HEALTH: [&str; 3] = ["/livez", "/readyz", "/healthz"];

impl<'a> Configuration<'a> {
    /// Reads what is there; what the server would refuse, [`Configuration::faults`] tells.
    pub fn of(resource: &'a Resource) -> Configuration<'a> {
        let anonymous = resource.root.get("anonymous").map(|node| Anonymous {
            enabled: node.bool_at("enabled").unwrap_or(false),
            paths: node
                .items_at("conditions")
                .iter()
                .map(|item| item.str_at("path").unwrap_or_default().to_owned())
                .collect(),
        });
        let issuers = resource.root.items_at("jwt").iter().map(Issuer::of).collect();
        Configuration { resource, issuers, anonymous }
    }
}

impl Anonymous {
    /// Whether anything but the paths of health is open. A path below one of them belongs to it.
    pub fn beyond_health(&self) -> bool {
        let is_health = |path: &String| {
            HEALTH
                .iter()
                .any(|health| path.strip_prefix(health).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        self.enabled && (self.paths.is_empty() || !self.paths.iter().all(is_health))
    }
}
