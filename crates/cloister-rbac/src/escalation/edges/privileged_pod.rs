//! # What it is
//! A pod of one's own that is privileged, or mounts the node's root, on a node that it names itself: root on any
//! node that takes pods.
//!
//! # Source
//! k8s.io/pod-security-admission/policy, pkg/kubelet.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! The label pod-security.kubernetes.io/enforce with baseline or restricted; validating policies and webhooks. A
//! namespace without it is privileged, as is the server's default.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! host-path, pod-security-cuts-host-path); the closure was asked too. By a host path; the other forbidden settings
//! lead to the node as container-escape argues.

use super::Edge;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

pub(super) const EDGE: Edge = Edge::new("break out of a privileged pod", 1).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    for (scope, _) in sketch.instances(&[Power::RunPods]) {
        if let Some(conditions) = sketch.is_open(scope) {
            let (from, to) = (sketch.can(Power::RunPods, scope), sketch.can_all(Power::AnyNode));
            sketch.by_nature(EdgeKind::PrivilegedPod, from, to, conditions);
        }
    }
}
