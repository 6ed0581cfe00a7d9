//! # What it is
//! The verb impersonate:associated-node on nodes, for any name or the name `*` itself, lets a service account be taken for
//! the node that its token is bound to, in the group system:nodes, for what impersonate-on:associated-node:VERB names: with
//! create on serviceaccounts/token, tokens of the accounts whose pods run on that node; with get, list or watch on secrets,
//! the Secrets of those pods; what is bound to system:nodes besides, as far as both allow. Nobody but a service account is
//! let through, by a token that names a node: one of a pod, or one that was requested so.
//!
//! # Source
//! k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go (`associatedNodeImpersonationMode`); the gate
//! ConstrainedImpersonation.
//!
//! # Since
//! 1.36 (beta, on by default; 1.35 alpha).
//!
//! # What cuts it
//! The verbs, resources, names and namespaces of impersonate-on; resourceNames without `*`, since the server asks for that
//! name and no other; keeping powerful pods on nodes of their own.
//!
//! # Proof
//! Argued from the source: the mode lets only service accounts pass whose token names that node
//! (`requesterAssociatedWithRequestedNodeUsername`), and asks for the name `*` (`associatedNodeImpersonationAttributes`);
//! what a node may do is the node authoriser's, which `cargo xtask judge rbac` compares.
//! Not climbed yet: its climbs begin with users, and no user passes.

use super::Edge;
use super::pod_secret::secrets;
use crate::escalation::acting::{self, On};
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::edges::constrained_impersonation::actions;
use crate::escalation::graph::number;
use crate::escalation::holder::Holder;
use crate::escalation::right::Target;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;

const RIGHTS: &[Target] = &[
    Target::outside(&["impersonate:associated-node"], "authentication.k8s.io", "nodes"),
    Target::like(&["impersonate-on:associated-node:"]),
];
const NODES: Vertex<'static> = Vertex::Group("system:nodes");
/// What the server asks for in the place of a name.
const ANY: &str = "*";
const TOKENS: Target = Target::inside(&["create"], "", "serviceaccounts").below("token");
const SECRETS: Target = Target::inside(&["get", "list", "watch"], "", "secrets");

pub(super) const EDGE: Edge = Edge::new("act as their pod's node, as far as they may", 1).rights(RIGHTS).holder(draw);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    let whom = holder.rights.iter().find(|right| right.which == 0 && right.names.has(ANY));
    let on = holder.rights.iter().find(|right| right.which == 1);
    let (Some(whom), Some(on)) = (whom, on) else { return };
    if sketch.rules.version < (1, 36) {
        return;
    }
    let actions = actions(sketch, holder, 1, "associated-node");
    let own: Vec<u32> = (0..number(sketch.world.workloads.len())).filter(|&pod| is_own(sketch, holder, pod)).collect();
    if own.is_empty() {
        return;
    }
    for (vertex, conditions) in near(sketch, &own, &actions) {
        let to = sketch.graph.vertex(vertex);
        sketch.by_rights(EdgeKind::AssociatedNode, holder, &[whom, on], to, conditions);
    }
    if sketch.graph.find(&NODES).is_some() {
        let to = acting::draw(sketch, holder, NODES, &[], &actions);
        sketch.by_rights(EdgeKind::AssociatedNode, holder, &[whom, on], to, Conditions::NONE);
    }
}

/// Whether a workload's pods run as who holds the right.
fn is_own(sketch: &Sketch<'_, '_>, holder: &Holder<'_, '_, '_>, workload: u32) -> bool {
    let Some(pod) = sketch.pod(workload) else { return false };
    match sketch.graph.at(holder.vertex) {
        Some(Vertex::Account(namespace, name)) => namespace == pod.namespace() && name == pod.service_account(),
        Some(Vertex::AccountsOf(namespace)) => namespace == pod.namespace(),
        Some(Vertex::Group("system:serviceaccounts")) => true,
        // A role says nothing of who holds it; those are asked one by one.
        _ => false,
    }
}

/// What the node authoriser gives the nodes of these pods, as far as it may be asked for.
fn near<'p, 'a>(sketch: &Sketch<'p, 'a>, own: &[u32], on: &[On<'p, 'a>]) -> Vec<(Vertex<'a>, Conditions)> {
    let may = |verb, target: &Target, namespace, name: &str| {
        on.iter().any(|on| on.scope.holds(namespace) && on.allows(verb, target).is_some_and(|names| names.has(name)))
    };
    let mut found = Vec::new();
    for other in 0..number(sketch.world.workloads.len()) {
        let Some(pod) = sketch.pod(other) else { continue };
        let Some(conditions) = own.iter().filter_map(|&own| sketch.world.shares_node(own, other)).min() else {
            continue;
        };
        let (namespace, account) = (pod.namespace(), pod.service_account());
        if may("create", &TOKENS, namespace, account) {
            found.push((Vertex::Account(namespace, account), conditions));
        }
        let readable = secrets(&pod).map(|(name, _)| name);
        let readable = readable.filter(|name| SECRETS.verbs.iter().any(|&verb| may(verb, &SECRETS, namespace, name)));
        found.extend(readable.map(|name| (Vertex::Secret(namespace, name), conditions)));
    }
    found
}
