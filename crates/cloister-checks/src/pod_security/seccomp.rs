//! Seccomp profiles, as the Pod Security Standards judge them.

use cloister_model::Node;

/// Whether this `seccompProfile` confines its container at all.
pub(super) fn is_confined(profile: &Node) -> bool {
    matches!(profile.str_at("type"), Some("RuntimeDefault" | "Localhost"))
}
