//! # What it is
//! Create on pods: a pod of one's own, with any service account of its namespace, which hands its token over, and
//! any Secret, ConfigMap and claim mounted. No right to read any of them is asked for. Applied on the server's
//! side, create and patch by name will do.
//!
//! # Source
//! plugin/pkg/admission/serviceaccount/admission.go, pkg/kubelet.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Validating policies and webhooks. Pod Security does not: it looks at what a pod can do to its node, not at whose
//! account it takes.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! create-pod, mounted-secret, policy-cuts-account); the closure was asked too. That creating by a patch takes both
//! verbs is argued (the handler of server-side apply).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const RIGHTS: &[Target] = &[Target::inside(&["create"], "", "pods")];

pub(super) const EDGE: Edge = Edge::new("create a pod", 1).rights(RIGHTS).right(draw).world(mounts);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::RunPods, right.scope);
    sketch.by_right(EdgeKind::CreatePod, right, to, Conditions::NONE);
}

/// What a pod of one's own takes along.
fn mounts(sketch: &mut Sketch<'_, '_>) {
    for (scope, _) in sketch.instances(&[Power::RunPods]) {
        let from = sketch.can(Power::RunPods, scope);
        for power in [Power::BecomeAccounts, Power::ReadSecrets, Power::ReadData] {
            let to = sketch.can(power, scope);
            sketch.follows(EdgeKind::CreatePod, from, to, Conditions::NONE);
        }
    }
}
