//! # What it is
//! Network policies know other namespaces by labels. Who may change a namespace's labels has its pods taken for a
//! peer; who may change labels of pods, or make pods, does the same within the namespace. By itself it leads
//! nowhere further.
//!
//! # Source
//! k8s.io/api/networking/v1 (`NetworkPolicyPeer`).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Policies that select by kubernetes.io/metadata.name, which the API server sets.
//!
//! # Proof
//! Argued from the source: a peer's namespaceSelector looks at the labels of the namespace as they are. Not climbed:
//! the cluster of the tests enforces no network policies.

use super::Edge;
use super::namespace_label::scopes;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[Target::outside(&["update", "patch"], "", "namespaces").either()];

pub(super) const EDGE: Edge = Edge::new("have pods taken for a peer", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if !sketch.inventory.has_kind("NetworkPolicy") {
        return;
    }
    for scope in scopes(right) {
        let to = sketch.can(Power::JoinNetwork, scope);
        sketch.by_right(EdgeKind::NamespacePeer, right, to, Conditions::NONE);
    }
}
