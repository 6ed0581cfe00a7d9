//! One event, as far as authorisation is concerned.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::text::Text;

/// An event whose strings lie in the line it was read from. What is not named here is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    #[serde(borrow)]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub api_version: Text<'a>,
    #[serde(rename = "auditID", borrow)]
    pub audit_id: Text<'a>,
    #[serde(borrow)]
    pub stage: Text<'a>,
    #[serde(rename = "requestURI", borrow)]
    pub request_uri: Text<'a>,
    #[serde(borrow)]
    pub verb: Text<'a>,
    #[serde(borrow)]
    pub user: Option<User<'a>>,
    #[serde(borrow)]
    pub impersonated_user: Option<Impersonated<'a>>,
    #[serde(borrow)]
    pub authentication_metadata: Option<Authentication<'a>>,
    #[serde(borrow)]
    pub object_ref: Option<Object<'a>>,
    pub response_status: Option<Status>,
    #[serde(borrow)]
    pub request_received_timestamp: Text<'a>,
    #[serde(borrow)]
    pub stage_timestamp: Text<'a>,
    /// Of `v1alpha1`, and of early `v1beta1`.
    #[serde(borrow)]
    pub timestamp: Text<'a>,
    #[serde(borrow)]
    pub annotations: Option<Annotations<'a>>,
    /// There in a list of events, and nowhere else.
    pub items: Option<IgnoredAny>,
}

/// Who sent the request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct User<'a> {
    #[serde(borrow)]
    pub username: Text<'a>,
    #[serde(borrow)]
    pub groups: Option<Vec<Text<'a>>>,
}

/// As whom it was answered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Impersonated<'a> {
    #[serde(borrow)]
    pub username: Text<'a>,
    #[serde(borrow)]
    pub uid: Text<'a>,
    #[serde(borrow)]
    pub groups: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    pub extra: Option<BTreeMap<Box<str>, Option<Vec<Text<'a>>>>>,
}

/// How impersonation was allowed.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Authentication<'a> {
    /// Such as `impersonate:user-info`; empty for the verb `impersonate`.
    #[serde(borrow)]
    pub impersonation_constraint: Text<'a>,
}

/// What the request was about.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Object<'a> {
    #[serde(borrow)]
    pub resource: Text<'a>,
    #[serde(borrow)]
    pub namespace: Text<'a>,
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub api_group: Text<'a>,
    #[serde(borrow)]
    pub api_version: Text<'a>,
    #[serde(borrow)]
    pub subresource: Text<'a>,
}

/// How it ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    pub code: Option<i32>,
}

/// What the authoriser said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Annotations<'a> {
    #[serde(rename = "authorization.k8s.io/decision", borrow)]
    pub decision: Text<'a>,
    #[serde(rename = "authorization.k8s.io/reason", borrow)]
    pub reason: Text<'a>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The authoriser let it through.
    Allowed,
    /// It did not.
    Denied,
    /// The event does not say.
    Unsaid,
}

/// From the authoriser's annotation, else from the HTTP status.
pub fn outcome(decision: &str, code: i32) -> Outcome {
    match decision {
        "allow" => Outcome::Allowed,
        "forbid" => Outcome::Denied,
        _ => match code {
            101 | 200..=299 => Outcome::Allowed,
            401 | 403 => Outcome::Denied,
            _ => Outcome::Unsaid,
        },
    }
}

impl Event<'_> {
    /// Whether this is an event of a log, and not some other JSON.
    pub fn is_one(&self) -> bool {
        (self.kind.is_empty() || &*self.kind == "Event")
            && (self.api_version.is_empty() || self.api_version.starts_with("audit.k8s.io/"))
            && !self.verb.is_empty()
            && self.user.is_some()
    }

    /// The HTTP status, or 0.
    pub fn code(&self) -> i32 {
        self.response_status.as_ref().and_then(|status| status.code).unwrap_or(0)
    }

    /// What the authoriser decided. Where it is not written, an answer of success says it.
    pub fn outcome(&self) -> Outcome {
        outcome(self.annotations.as_ref().map_or("", |annotations| &*annotations.decision), self.code())
    }

    /// Why it was allowed, in the authoriser's words.
    pub fn reason(&self) -> &str {
        self.annotations.as_ref().map_or("", |annotations| &*annotations.reason)
    }

    /// When the request arrived, else when the event was written.
    pub fn time(&self) -> &str {
        let times = [&self.request_received_timestamp, &self.stage_timestamp, &self.timestamp];
        times.into_iter().map(|time| &**time).find(|time| !time.is_empty()).unwrap_or_default()
    }

    /// Whether the request is one that may be answered for hours, and so is written when it starts, too.
    /// Source: Kubernetes 1.37, `BasicLongRunningRequestCheck` as kube-apiserver configures it.
    pub fn is_long(&self) -> bool {
        let below = self.object_ref.as_ref().map_or("", |object| &*object.subresource);
        matches!(&*self.verb, "watch" | "proxy")
            || matches!(below, "attach" | "exec" | "proxy" | "log" | "portforward")
            || self.object_ref.is_none()
    }
}
