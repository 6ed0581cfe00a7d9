//! # What it is
//! A MutatingAdmissionPolicy with a binding changes objects as a webhook does, without a server. It takes both: the
//! policy, and the binding that puts it into force.
//!
//! # Source
//! k8s.io/apiserver/pkg/admission/plugin/policy/mutating; the gate MutatingAdmissionPolicy.
//!
//! # Since
//! 1.36 (on by default; 1.34 beta and off).
//!
//! # What cuts it
//! Nothing in the API server.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! mutating-policy); the closure was asked too. That the gate is off before 1.36 is argued (kube_features.go).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const WRITES: &[&str] = &["create", "update", "patch"];
const GROUP: &str = "admissionregistration.k8s.io";
const RIGHTS: &[Target] = &[
    Target::outside(WRITES, GROUP, "mutatingadmissionpolicies"),
    Target::outside(WRITES, GROUP, "mutatingadmissionpolicybindings"),
];

pub(super) const EDGE: Edge =
    Edge::new("change what others write, by a policy", 1).rights(RIGHTS).right(draw).world(in_force);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    if sketch.rules.version < (1, 36) {
        return;
    }
    let to = sketch.can_all(if right.which == 0 { Power::WritePolicies } else { Power::BindPolicies });
    sketch.by_right(EdgeKind::MutatingPolicy, right, to, Conditions::NONE);
}

fn in_force(sketch: &mut Sketch<'_, '_>) {
    for (_, needs) in sketch.instances(&[Power::WritePolicies, Power::BindPolicies]) {
        let to = sketch.can(Power::RunPods, Scope::Namespaces);
        sketch.together(EdgeKind::MutatingPolicy, &needs, to, Conditions::WHEN_OTHERS_ACT);
    }
}
