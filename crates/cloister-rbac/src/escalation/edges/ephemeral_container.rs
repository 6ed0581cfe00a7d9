//! # What it is
//! Update or patch on pods/ephemeralcontainers adds a container to a pod that runs: it can mount the pod's volumes,
//! the token's among them, and look into the processes of another container. Where Pod Security lets it, it is
//! privileged, and reaches the node of that pod.
//!
//! # Source
//! pkg/registry/core/pod/strategy.go (`podEphemeralContainersStrategy`).
//!
//! # Since
//! 1.25 (stable; 1.23 beta).
//!
//! # What cuts it
//! resourceNames; Pod Security for the way to the node.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! ephemeral-container); the closure was asked too. By patch; update is argued (the same strategy).

use super::Edge;
use super::exec::enter;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[Target::inside(&["update", "patch"], "", "pods").below("ephemeralcontainers")];

pub(super) const EDGE: Edge = Edge::new("add a container to a running pod", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    enter(sketch, EdgeKind::EphemeralContainer, right, Conditions::NONE);
    let lets = sketch.is_open(right.scope);
    if let Some(conditions) = lets.filter(|_| right.names == Names::Any) {
        let to = sketch.can_all(Power::SomeNode);
        sketch.by_right(EdgeKind::EphemeralContainer, right, to, conditions);
    }
}
