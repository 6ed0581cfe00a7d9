//! # What it is
//! The verbs impersonate:user-info, impersonate:serviceaccount and impersonate:arbitrary-node say whom, in the
//! group authentication.k8s.io, and impersonate-on:MODE:VERB says which requests may be made in their name. The
//! edge leads to the other one and is flagged limited-actions: what is not named is not allowed. system:masters is
//! never allowed so.
//!
//! # Source
//! k8s.io/apiserver/pkg/endpoints/filters/impersonation; the gate ConstrainedImpersonation.
//!
//! # Since
//! 1.36 (beta, on by default; 1.35 alpha).
//!
//! # What cuts it
//! The names, and the verbs of impersonate-on.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md); the
//! closure was asked too.

use super::Edge;
use super::impersonate::{accounts, users};
use crate::MASTERS;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::{Holder, Sketch};
use crate::escalation::vertex::{Power, Scope, Vertex};

const GROUP: &str = "authentication.k8s.io";
const RIGHTS: &[Target] = &[
    Target::outside(&["impersonate:user-info"], GROUP, "users"),
    Target::outside(&["impersonate:user-info"], GROUP, "groups"),
    Target::inside(&["impersonate:serviceaccount"], GROUP, "serviceaccounts"),
    Target::outside(&["impersonate:arbitrary-node"], GROUP, "nodes"),
    Target::like(&["impersonate-on:user-info:"]),
    Target::like(&["impersonate-on:serviceaccount:"]),
    Target::like(&["impersonate-on:arbitrary-node:"]),
];

pub(super) const EDGE: Edge = Edge::new("act in their name, as far as they may", 1).rights(RIGHTS).holder(draw);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    if sketch.options.server < (1, 36) {
        return;
    }
    for (whom, on) in [(0, 4), (2, 5), (3, 6)] {
        let allows = holder.rights.iter().any(|right| right.which == on);
        for right in holder.rights.iter().filter(|right| allows && right.which == whom) {
            // By the holder, since the other right may come from another role.
            let right = &Right { from: holder.vertex, ..*right };
            one(sketch, right);
        }
    }
    if holder.of(&[4]).next().is_some() && holder.of(&[0]).next().is_some() {
        holder.of(&[1]).for_each(|right| groups(sketch, &Right { from: holder.vertex, ..*right }));
    }
}

fn one<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let (kind, limits) = (EdgeKind::ConstrainedImpersonation, Conditions::LIMITED_ACTIONS);
    match right.which {
        0 => users(sketch, kind, right, limits),
        2 => accounts(sketch, kind, right, limits),
        _ => {
            let to = sketch.can(Power::AnyNodeIdentity, Scope::Cluster);
            sketch.by_right(kind, right, to, limits);
        }
    }
}

fn groups<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let known = || sketch.graph.vertices().iter().copied();
    let vertices: Vec<Vertex<'a>> = match right.names {
        Names::Any => known().filter(|vertex| matches!(vertex, Vertex::Group(_) | Vertex::AccountsOf(_))).collect(),
        Names::Of(names) => names.iter().map(|name| Vertex::group(name)).collect(),
    };
    for vertex in vertices.into_iter().filter(|vertex| *vertex != Vertex::Group(MASTERS)) {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(EdgeKind::ConstrainedImpersonation, right, to, Conditions::LIMITED_ACTIONS);
    }
}
