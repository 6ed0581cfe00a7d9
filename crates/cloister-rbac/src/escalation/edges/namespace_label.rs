//! # What it is
//! Update or patch on a namespace takes its Pod Security label away. The request carries the namespace, so a
//! RoleBinding in it suffices. Who can run pods there, or becomes somebody who can, then breaks out to the node.
//!
//! # Source
//! k8s.io/pod-security-admission/admission/admission.go (labels are read from the namespace as it is).
//!
//! # Since
//! 1.25 (Pod Security, stable).
//!
//! # What cuts it
//! No right on namespaces; validating policies about the label; a level set in the server's own configuration.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! namespace-label); the closure was asked too. By patch of the namespace; update is argued.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const RIGHTS: &[Target] = &[Target::outside(&["update", "patch"], "", "namespaces").either()];

pub(super) const EDGE: Edge = Edge::new("take the label of Pod Security away", 1).rights(RIGHTS).right(draw).world(run);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    for scope in scopes(right) {
        let to = sketch.can(Power::LabelNamespaces, scope);
        sketch.by_right(EdgeKind::NamespaceLabel, right, to, Conditions::NONE);
    }
}

/// The namespaces that a right on namespaces reaches.
pub(super) fn scopes<'a>(right: &Right<'_, 'a>) -> Vec<Scope<'a>> {
    match (right.names, right.scope) {
        (Names::Any, Scope::One(namespace)) => vec![Scope::One(namespace)],
        (Names::Any, _) => vec![Scope::Namespaces],
        (Names::Of(names), scope) => names.iter().copied().filter(|name| scope.holds(name)).map(Scope::One).collect(),
    }
}

fn run(sketch: &mut Sketch<'_, '_>) {
    for (scope, needs) in sketch.instances(&[Power::LabelNamespaces, Power::RunPods]) {
        let is_open = sketch.is_open(scope);
        let to = sketch.graph.vertex(Vertex::Can(Power::AnyNode, Scope::Cluster));
        // Where privileged pods are let in, the label changes nothing.
        if is_open != Some(Conditions::NONE) {
            sketch.together(EdgeKind::NamespaceLabel, &needs, to, Conditions::NONE);
        }
    }
}
