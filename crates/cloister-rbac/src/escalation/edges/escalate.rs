//! # What it is
//! Who may update or patch a role and holds the verb escalate on it may write into it what they do not hold. They
//! climb when the role is bound to them, to anybody whom they can become, or when they may bind it: a role that
//! gives nothing yet is covered by everybody, so it is bound first and filled afterwards. Since everybody who is
//! known holds system:basic-user, escalate on all ClusterRoles is cluster-admin.
//!
//! # Source
//! pkg/registry/rbac/escalation_check.go, pkg/registry/rbac/clusterrole/policybased/storage.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames in the rule with escalate; ValidatingAdmissionPolicies that refuse changes of roles.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! escalate); the closure was asked too. Which rights are asked for is compared with a real server over generated
//! attempts by `cargo xtask judge escalation`; that others who hold the role have what is written is argued
//! (`VisitRulesFor`).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::holder::Holder;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::together::Need;
use crate::escalation::vertex::{Power, Scope, Vertex};
use crate::policy::index;
use crate::role::GROUP;

const RIGHTS: &[Target] = &[
    Target::outside(&["escalate"], GROUP, "clusterroles"),
    Target::outside(&["update", "patch"], GROUP, "clusterroles"),
    Target::inside(&["escalate"], GROUP, "roles"),
    Target::inside(&["update", "patch"], GROUP, "roles"),
    Target::inside(&["create"], GROUP, "roles"),
    Target::inside(&["create"], GROUP, "rolebindings"),
    Target::outside(&["create"], GROUP, "clusterrolebindings"),
];

pub(super) const EDGE: Edge =
    Edge::new("write what they want into the role", 1).rights(RIGHTS).holder(draw).world(cross);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    for escalate in holder.of(&[0]) {
        for write in holder.of(&[1]) {
            cluster_roles(sketch, holder, [escalate, write]);
        }
    }
    for escalate in holder.of(&[2]) {
        for (write, scope) in holder.within(&[3], escalate.scope) {
            roles(sketch, holder, [escalate, write], scope);
        }
    }
}

/// Everything in the scope in which the role is held.
fn everything<'a>(sketch: &mut Sketch<'_, 'a>, scope: Scope<'a>) -> u32 {
    match scope {
        Scope::Cluster => sketch.graph.vertex(Vertex::Admin),
        scope => sketch.can(Power::Everything, scope),
    }
}

fn cluster_roles<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>, used: [&Right<'p, 'a>; 2]) {
    let [escalate, write] = used;
    let reaches = |name: &str| escalate.names.has(name) && write.names.has(name);
    let policy = sketch.policy;
    let role = |number: u32| policy.roles().get(index(number));
    let is_meant = |number: u32| role(number).is_some_and(|role| role.namespace.is_empty() && reaches(role.name));
    let mut scopes: Vec<Scope<'a>> =
        holder.roles.iter().filter(|(number, _)| is_meant(*number)).map(|(_, scope)| *scope).collect();
    scopes.extend(bindable(sketch, holder, &reaches));
    scopes.sort_unstable();
    scopes.dedup();
    // The widest says it all.
    if scopes.first() == Some(&Scope::Cluster) {
        scopes.truncate(1);
    }
    for scope in scopes {
        let to = everything(sketch, scope);
        sketch.by_rights(EdgeKind::Escalate, holder, &used, to, Conditions::NONE);
    }
    if let Some(names) = escalate.names.listed().or_else(|| write.names.listed()) {
        let numbers = (0..number(policy.roles().len())).filter(|&number| is_meant(number));
        let numbers: Vec<u32> = if names.is_empty() { Vec::new() } else { numbers.collect() };
        for number in numbers {
            let to = sketch.graph.vertex(Vertex::Rewrite(number));
            sketch.by_rights(EdgeKind::Escalate, holder, &used, to, Conditions::NONE);
        }
    } else {
        let to = sketch.can_all(Power::FeedAggregates);
        sketch.by_rights(EdgeKind::Escalate, holder, &used, to, Conditions::NONE);
    }
}

/// Where such a role can be bound, because what it gives now is held.
fn bindable<'a>(
    sketch: &Sketch<'_, 'a>,
    holder: &Holder<'_, '_, 'a>,
    reaches: &dyn Fn(&str) -> bool,
) -> Vec<Scope<'a>> {
    // Who may rewrite any role needs no binding of their own: everybody holds one.
    let Some(identity) = holder.identity.filter(|_| !reaches("system:basic-user")) else { return Vec::new() };
    let roles = || sketch.policy.roles().iter().filter(|role| role.namespace.is_empty() && reaches(role.name));
    let binds = |namespace: &str| {
        roles().any(|role| sketch.policy.may_bind(identity, namespace, "ClusterRole", role.name).is_allowed())
    };
    let free = holder.of(&[5, 6]).filter(|right| right.names == Names::Any).map(|right| right.scope);
    let namespace = |scope: Scope<'a>| if let Scope::One(namespace) = scope { namespace } else { "" };
    free.filter(|&scope| binds(namespace(scope))).collect()
}

fn roles<'p, 'a>(
    sketch: &mut Sketch<'p, 'a>,
    holder: &Holder<'_, 'p, 'a>,
    used: [&Right<'p, 'a>; 2],
    scope: Scope<'a>,
) {
    let [escalate, write] = used;
    let policy = sketch.policy;
    let is_meant = |number: u32| {
        policy.roles().get(index(number)).is_some_and(|role| {
            !role.namespace.is_empty() && escalate.names.has(role.name) && write.names.has(role.name)
        })
    };
    // A role of a namespace is held there.
    for (_, scope) in holder.held_within(scope).into_iter().filter(|(number, _)| is_meant(*number)) {
        let to = sketch.can(Power::Everything, scope);
        sketch.by_rights(EdgeKind::Escalate, holder, &used, to, Conditions::NONE);
    }
    // A new role, which gives nothing yet, may be bound.
    if used.iter().any(|right| right.names != Names::Any) {
        return;
    }
    for (make, scope) in holder.within(&[4], scope) {
        for (bind, scope) in holder.within(&[5], scope) {
            let to = sketch.can(Power::Everything, scope);
            sketch.by_rights(EdgeKind::Escalate, holder, &[escalate, write, make, bind], to, Conditions::NONE);
        }
    }
}

/// A role that one can rewrite and another, whom they can become, holds.
fn cross(sketch: &mut Sketch<'_, '_>) {
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in &known {
        let Vertex::Role(number, scope) = vertex else { continue };
        let Some(rewrite) = sketch.graph.find(&Vertex::Rewrite(*number)) else { continue };
        let (role, to) = (sketch.graph.vertex(*vertex), everything(sketch, *scope));
        sketch.together(EdgeKind::Escalate, &[rewrite, role].map(Need::of), to, Conditions::NONE);
    }
}
