//! Who asks, by kind.

use cloister_audit::Event;
use serde::{Deserialize, Serialize};

/// What kind of somebody sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A human, as far as names tell: everybody who is nothing of the below.
    Person,
    /// The account of a workload.
    ServiceAccount,
    /// A kubelet.
    Node,
    /// A part of Kubernetes, with a name that begins with `system:`.
    Component,
    /// Somebody who presented nothing.
    Anonymous,
    /// Somebody who presented what the server did not accept.
    Refused,
}

impl Actor {
    /// Every kind.
    pub const ALL: [Actor; 6] =
        [Actor::Person, Actor::ServiceAccount, Actor::Node, Actor::Component, Actor::Anonymous, Actor::Refused];

    /// By the name and groups of who really asked, before any impersonation.
    pub fn of(event: &Event<'_>) -> Actor {
        let user = event.user();
        match user.strip_prefix("system:") {
            _ if user.is_empty() => Actor::Refused,
            Some("anonymous") => Actor::Anonymous,
            Some(rest) if rest.starts_with("serviceaccount:") => Actor::ServiceAccount,
            Some(rest) if rest.starts_with("node:") => Actor::Node,
            Some(_) => Actor::Component,
            None if event.groups().any(|group| group == "system:unauthenticated") => Actor::Anonymous,
            None => Actor::Person,
        }
    }

    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Actor::Person => "person",
            Actor::ServiceAccount => "service-account",
            Actor::Node => "node",
            Actor::Component => "component",
            Actor::Anonymous => "anonymous",
            Actor::Refused => "refused",
        }
    }

    /// A bit of its own.
    pub(crate) fn bit(self) -> u8 {
        1 << (self as u8)
    }
}
