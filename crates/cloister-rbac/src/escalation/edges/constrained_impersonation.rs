//! # What it is
//! The verbs impersonate:user-info, impersonate:serviceaccount and impersonate:arbitrary-node say whom, in the
//! group authentication.k8s.io, and impersonate-on:MODE:VERB says which requests may be made in their name. Where
//! they are named, only what both the rules of impersonate-on and their own roles allow is followed; where anybody may be
//! taken, the edge leads to all of them and is flagged limited-actions. system:masters is never allowed so, and nobody
//! takes a node, a service account or the pod's own node by user-info. The fourth mode is associated-node's.
//!
//! # Source
//! k8s.io/apiserver/pkg/endpoints/filters/impersonation (mode.go); the gate ConstrainedImpersonation.
//!
//! # Since
//! 1.36 (beta, on by default; 1.35 alpha).
//!
//! # What cuts it
//! The names, and the verbs, resources, names and namespaces of impersonate-on.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! constrained-account, constrained-node, constrained-masters); the closure was asked too. The third is refused, as
//! it must be. Which rights are asked for is compared with a real server over generated attempts by `cargo xtask
//! judge escalation`; that only what both allow is followed is argued (`impersonateOnAttributes`).

use super::Edge;
use crate::MASTERS;
use crate::escalation::acting::{self, On};
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::Proof;
use crate::escalation::holder::Holder;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};
use crate::policy::index;

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

/// For each mode: the right that says whom, the one that says what, and its name in verbs.
const MODES: [(usize, usize, &str); 3] = [(0, 4, "user-info"), (2, 5, "serviceaccount"), (3, 6, "arbitrary-node")];
const NODE: &str = "system:node:";

pub(super) const EDGE: Edge = Edge::new("act in their name, as far as they may", 1).rights(RIGHTS).holder(draw);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    if sketch.rules.version < (1, 36) {
        return;
    }
    for (whom, on, mode) in MODES {
        let actions = actions(sketch, holder, on, mode);
        let Some(first) = holder.rights.iter().find(|right| right.which == on) else { continue };
        for right in holder.rights.iter().filter(|right| right.which == whom) {
            let groups = if whom == 0 { named_groups(sketch, holder) } else { Vec::new() };
            for (vertex, conditions) in vertices(sketch, right) {
                let to = if conditions.is_certain() {
                    acting::draw(sketch, holder, vertex, &groups, &actions)
                } else {
                    sketch.graph.vertex(vertex)
                };
                sketch.by_rights(EdgeKind::ConstrainedImpersonation, holder, &[right, first], to, conditions);
            }
        }
        if whom == 0 && holder.rights.iter().any(|right| right.which == 0 && right.names == Names::Any) {
            all_groups(sketch, holder, first);
        }
    }
}

/// The rules that say which requests.
pub(super) fn actions<'p, 'a>(
    sketch: &Sketch<'p, 'a>,
    holder: &Holder<'_, 'p, 'a>,
    on: usize,
    mode: &'static str,
) -> Vec<On<'p, 'a>> {
    let rights = holder.rights.iter().filter(|right| right.which == on);
    let actions = rights.filter_map(|right| match right.proof {
        Proof::Rule(number) => Some(On { mode, rule: sketch.policy.rules.get(index(number))?, scope: right.scope }),
        _ => None,
    });
    actions.collect()
}

/// Whom a right names, or all of them.
fn vertices<'a>(sketch: &Sketch<'_, 'a>, right: &Right<'_, 'a>) -> Vec<(Vertex<'a>, Conditions)> {
    let any = |power, scope| vec![(Vertex::Can(power, scope), Conditions::LIMITED_ACTIONS)];
    let names = match (right.which, right.names) {
        (0, Names::Any) => return any(Power::AnyUser, Scope::Cluster),
        (2, Names::Any) => return any(Power::BecomeAccounts, right.scope),
        (0 | 2, Names::Of(names)) => names,
        _ => return any(Power::AnyNodeIdentity, Scope::Cluster),
    };
    let is_other = |name: &&&str| !name.starts_with(NODE) && !matches!(Vertex::user(name), Vertex::Account(..));
    let certain = |vertex| (vertex, Conditions::NONE);
    match (right.which, right.scope) {
        (0, _) => names.iter().filter(is_other).map(|name| certain(Vertex::User(name))).collect(),
        (_, Scope::One(namespace)) => names.iter().map(|name| certain(Vertex::Account(namespace, name))).collect(),
        _ => {
            let everywhere = names.iter().flat_map(|&name| {
                sketch.world.with_account(name).iter().map(move |namespace| Vertex::Account(namespace, name))
            });
            everywhere.map(certain).collect()
        }
    }
}

/// The groups that a named user may be taken in.
fn named_groups<'a>(sketch: &Sketch<'_, 'a>, holder: &Holder<'_, '_, 'a>) -> Vec<Vertex<'a>> {
    holder.of(&[1]).flat_map(|right| groups(sketch, right)).collect()
}

fn groups<'a>(sketch: &Sketch<'_, 'a>, right: &Right<'_, 'a>) -> Vec<Vertex<'a>> {
    let known = || sketch.graph.vertices().iter().copied();
    let vertices: Vec<Vertex<'a>> = match right.names {
        Names::Any => known().filter(|vertex| matches!(vertex, Vertex::Group(_) | Vertex::AccountsOf(_))).collect(),
        Names::Of(names) => names.iter().map(|name| Vertex::group(name)).collect(),
    };
    vertices.into_iter().filter(|vertex| *vertex != Vertex::Group(MASTERS)).collect()
}

/// Where any user will do, each group, with somebody who does not matter.
fn all_groups<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>, on: &Right<'p, 'a>) {
    for right in holder.of(&[1]) {
        for vertex in groups(sketch, right) {
            let to = sketch.graph.vertex(vertex);
            let (kind, limits) = (EdgeKind::ConstrainedImpersonation, Conditions::LIMITED_ACTIONS);
            sketch.by_rights(kind, holder, &[right, on], to, limits);
        }
    }
}
