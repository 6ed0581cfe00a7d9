//! # What it is
//! Who is root on a node, may keep pods away from the others (update or patch on nodes or nodes/status) and may
//! delete or evict pods has powerful pods start anew on their own node.
//!
//! # Source
//! pkg/scheduler, pkg/registry/core/pod/storage/eviction.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Pods that are bound to other nodes; no right to delete.
//!
//! # Proof
//! Argued from the source: an evicted pod is made anew by its controller, and the scheduler leaves out nodes that are
//! unschedulable (the NodeUnschedulable plugin).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[
    Target::inside(&["delete", "deletecollection"], "", "pods"),
    Target::inside(&["create"], "", "pods").below("eviction"),
    Target::outside(&["update", "patch"], "", "nodes"),
    Target::outside(&["update", "patch"], "", "nodes").below("status"),
];

pub(super) const EDGE: Edge = Edge::new("draw pods to a node of theirs", 1).rights(RIGHTS).right(draw).world(steal);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if right.names != Names::Any {
        return;
    }
    let to = match right.which {
        0 | 1 => sketch.can(Power::DeletePods, right.scope),
        _ => sketch.can_all(Power::CordonNodes),
    };
    sketch.by_right(EdgeKind::StealPods, right, to, Conditions::NONE);
}

fn steal(sketch: &mut Sketch<'_, '_>) {
    for (scope, needs) in sketch.instances(&[Power::DeletePods, Power::CordonNodes, Power::OwnNode]) {
        if scope != crate::escalation::vertex::Scope::Cluster {
            let to = sketch.can(Power::EnterPods, scope);
            sketch.together(EdgeKind::StealPods, &needs, to, Conditions::IF_ON_NODE);
        }
    }
}
