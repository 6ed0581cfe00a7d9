//! # What it is
//! The verb impersonate on users, groups or service accounts: every request can be made in their name. Service
//! accounts are asked for in their namespace; a group can be taken only together with a user or service account;
//! impersonating any group, or system:masters by name, is cluster-admin. uids and userextras give nothing by
//! themselves.
//!
//! # Source
//! k8s.io/apiserver/pkg/endpoints/filters/impersonation.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames; nothing keeps system:masters out but names.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! impersonate-account, impersonate-user, impersonate-masters). The closure was asked of the first two: of the third,
//! both playings lead to cluster-admin. Which rights are asked for is compared with a real server over generated
//! attempts by `cargo xtask judge escalation`.

use super::Edge;
use crate::MASTERS;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::holder::Holder;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};

const VERBS: &[&str] = &["impersonate"];
const RIGHTS: &[Target] = &[
    Target::outside(VERBS, "", "users"),
    Target::outside(VERBS, "", "groups"),
    Target::inside(VERBS, "", "serviceaccounts"),
];

pub(super) const EDGE: Edge = Edge::new("act in their name", 1).rights(RIGHTS).right(draw).holder(groups);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    match right.which {
        0 => users(sketch, EdgeKind::Impersonate, right, Conditions::NONE),
        2 => accounts(sketch, EdgeKind::Impersonate, right, Conditions::NONE),
        _ => {}
    }
}

/// Users by name. Names of service accounts are asked for as service accounts.
pub(super) fn users<'a>(sketch: &mut Sketch<'_, 'a>, kind: EdgeKind, right: &Right<'_, 'a>, conditions: Conditions) {
    let vertices: Vec<Vertex<'a>> = match right.names {
        Names::Any => vec![Vertex::Can(Power::AnyUser, Scope::Cluster)],
        Names::Of(names) => names.iter().map(|name| Vertex::user(name)).collect(),
    };
    for vertex in vertices.into_iter().filter(|vertex| !matches!(vertex, Vertex::Account(..))) {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(kind, right, to, conditions);
    }
}

/// Service accounts, all of a scope or those that are named.
pub(super) fn accounts<'a>(sketch: &mut Sketch<'_, 'a>, kind: EdgeKind, right: &Right<'_, 'a>, conditions: Conditions) {
    let vertices: Vec<Vertex<'a>> = match (right.names, right.scope) {
        (Names::Any, scope) => vec![Vertex::Can(Power::BecomeAccounts, scope)],
        (Names::Of(names), Scope::One(namespace)) => {
            names.iter().map(|name| Vertex::Account(namespace, name)).collect()
        }
        (Names::Of(names), _) => {
            let everywhere = |name: &&'a str| {
                let name = *name;
                sketch.world.with_account(name).iter().map(move |namespace| Vertex::Account(namespace, name))
            };
            names.iter().flat_map(everywhere).collect()
        }
    };
    for vertex in vertices {
        let to = sketch.graph.vertex(vertex);
        sketch.by_right(kind, right, to, conditions);
    }
}

fn groups<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    let Some(user) = holder.of(&[0, 2]).next() else { return };
    for group in holder.of(&[1]) {
        let vertices: Vec<Vertex<'a>> = match group.names {
            Names::Any => vec![Vertex::Admin],
            Names::Of(names) if names.contains(&MASTERS) => vec![Vertex::Admin],
            Names::Of(names) => names.iter().map(|name| Vertex::group(name)).collect(),
        };
        for vertex in vertices {
            let to = sketch.graph.vertex(vertex);
            sketch.by_rights(EdgeKind::Impersonate, holder, &[user, group], to, Conditions::NONE);
        }
    }
}
