//! The chain of authorisers that an API server asks, and what can be said of it without asking a webhook.
//! Source: Kubernetes 1.37, `pkg/kubeapiserver/authorizer` and `apiserver/pkg/authorization/union`.

#[cfg(feature = "conditions")]
mod cel;
#[cfg(not(feature = "conditions"))]
#[path = "no_cel.rs"]
mod cel;
mod chain;
mod configuration;
mod details;
pub(crate) mod flags;

pub use chain::{Call, Chain, Ruling};
pub use details::{Details, Requirement};

use cel::Condition;

/// What a condition comes to for one request.
#[cfg_attr(not(feature = "conditions"), expect(dead_code, reason = "without CEL every condition is unknown"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    True,
    False,
    /// The server's evaluation ends with an error, too.
    Error(String),
    /// We cannot tell, for this reason.
    Unknown(String),
}

/// One authoriser of a chain.
#[derive(Debug)]
pub(crate) enum Authorizer {
    Node,
    Rbac,
    AlwaysAllow,
    /// Which only never says yes: it has no opinion.
    AlwaysDeny,
    /// Whose policy file is not read. It never denies.
    Abac,
    Webhook(Webhook),
    /// One that Kubernetes does not have.
    Other(String),
}

/// A webhook, and when it is asked.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub name: String,
    pub conditions: Vec<Condition>,
    /// `failurePolicy: Deny`; otherwise an error is no opinion.
    pub denies_on_error: bool,
}

/// Whether a webhook is asked about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Called {
    Yes,
    /// The condition that is false.
    No(String),
    /// A condition ends with an error, and none is false.
    Error(String),
    Unknown(String),
}

impl Webhook {
    /// As the server does it: a false condition skips the webhook, whatever errors the others end with.
    pub(crate) fn is_called(&self, request: &crate::Request, details: &Details) -> Called {
        let (mut error, mut unknown) = (None, None);
        for condition in &self.conditions {
            match condition.outcome(request, details) {
                Outcome::True => {}
                Outcome::False => return Called::No(condition.source.clone()),
                Outcome::Error(why) => error = error.or(Some(why)),
                Outcome::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        match (unknown, error) {
            (Some(why), _) => Called::Unknown(why),
            (None, Some(why)) => Called::Error(why),
            (None, None) => Called::Yes,
        }
    }
}
