//! # What it is
//! A new namespace has no Pod Security label unless somebody gives it one. Who may create namespaces and run pods
//! in every namespace runs privileged ones there.
//!
//! # Source
//! k8s.io/pod-security-admission/admission/admission.go.
//!
//! # Since
//! 1.25 (Pod Security, stable).
//!
//! # What cuts it
//! No right to create namespaces; a level set in the server's own configuration; policies that set labels.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! new-namespace). The closure was not asked: pods in every namespace are pods in kube-system, which is shorter. A
//! test of the closure has it (`a_new_namespace_has_no_label`).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::together::Need;
use crate::escalation::vertex::{Power, Scope, Vertex};

const RIGHTS: &[Target] = &[Target::outside(&["create"], "", "namespaces")];

pub(super) const EDGE: Edge = Edge::new("make a namespace without labels", 1).rights(RIGHTS).right(draw).world(run);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can_all(Power::CreateNamespaces);
    sketch.by_right(EdgeKind::NewNamespace, right, to, Conditions::NONE);
}

fn run(sketch: &mut Sketch<'_, '_>) {
    let find = |vertex| sketch.graph.find(&vertex);
    let make = find(Vertex::Can(Power::CreateNamespaces, Scope::Cluster));
    let run = find(Vertex::Can(Power::RunPods, Scope::Namespaces));
    if let (Some(make), Some(run)) = (make, run) {
        let to = sketch.can_all(Power::AnyNode);
        sketch.together(EdgeKind::NewNamespace, &[make, run].map(Need::of), to, Conditions::NONE);
    }
}
