//! Templates of agent-sandbox, whose controller writes the network policy itself.

use cloister_model::Resource;

/// The kind that carries both the pod and its policy.
pub(super) const TEMPLATE: &str = "SandboxTemplate.extensions.agents.x-k8s.io";

/// How the policy of a sandbox comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Management {
    /// The controller writes it, from the template or as its own default.
    Managed,
    /// Nobody but the user.
    Unmanaged,
    /// A word that the API server refuses.
    Unknown,
}

/// What a template says of it; the controller manages where nothing is said.
pub(super) fn management(template: &Resource) -> Management {
    match template.root.str_at("spec/networkPolicyManagement") {
        None | Some("" | "Managed") => Management::Managed,
        Some("Unmanaged") => Management::Unmanaged,
        Some(_) => Management::Unknown,
    }
}

/// Whether the controller isolates the pods of this resource.
pub(super) fn is_isolated(resource: &Resource) -> bool {
    &*resource.kind == "SandboxTemplate"
        && resource.group() == "extensions.agents.x-k8s.io"
        && management(resource) == Management::Managed
}
