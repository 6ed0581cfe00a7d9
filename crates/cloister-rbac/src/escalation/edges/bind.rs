//! # What it is
//! Who may create a binding, or update or patch one that is there, and holds the verb bind on a role may give
//! themselves that role. bind is tested in the binding's namespace, also for a ClusterRole; what an existing
//! binding refers to cannot be changed. Binding a role whose rules one holds already needs no bind, and leads
//! nowhere new.
//!
//! # Source
//! pkg/registry/rbac/rolebinding/policybased/storage.go,
//! pkg/registry/rbac/clusterrolebinding/policybased/storage.go, pkg/registry/rbac/escalation_check.go
//! (`BindingAuthorized`).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! resourceNames in the rule with bind; ValidatingAdmissionPolicies that refuse bindings.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md: bind);
//! the closure was asked too. Which rights are asked for is compared with a real server over generated attempts by
//! `cargo xtask judge escalation`; that an existing binding takes update or patch is argued (`Update`).

use foldhash::HashSet;

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::number;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::{Holder, Sketch};
use crate::escalation::vertex::{Power, Scope, Vertex};
use crate::role::GROUP;

const RIGHTS: &[Target] = &[
    Target::outside(&["bind"], GROUP, "clusterroles").either(),
    Target::inside(&["bind"], GROUP, "roles"),
    Target::outside(&["create"], GROUP, "clusterrolebindings"),
    Target::inside(&["create"], GROUP, "rolebindings"),
    Target::outside(&["update", "patch"], GROUP, "clusterrolebindings"),
    Target::inside(&["update", "patch"], GROUP, "rolebindings"),
];

pub(super) const EDGE: Edge = Edge::new("bind themselves to the role", 1).rights(RIGHTS).holder(draw);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    let mut drawn = HashSet::default();
    for bind in holder.of(&[0, 1]) {
        for write in holder.of(&[2, 3]) {
            let outside = write.which == 2;
            let scope = bind.scope.and(write.scope).filter(|scope| !outside || *scope == Scope::Cluster);
            let Some(scope) = scope else { continue };
            for to in anew(sketch, bind, scope) {
                if drawn.insert(to) {
                    sketch.by_rights(EdgeKind::Bind, holder, &[bind, write], to, Conditions::NONE);
                }
            }
        }
        for write in holder.of(&[4, 5]) {
            for to in existing(sketch, bind, write) {
                if drawn.insert(to) {
                    sketch.by_rights(EdgeKind::Bind, holder, &[bind, write], to, Conditions::NONE);
                }
            }
        }
    }
}

/// What a new binding in that scope can give: everything, where any ClusterRole can be bound.
fn anew<'a>(sketch: &mut Sketch<'_, 'a>, bind: &Right<'_, 'a>, scope: Scope<'a>) -> Vec<u32> {
    let of_cluster = bind.which == 0;
    if of_cluster && bind.names.has("cluster-admin") {
        return vec![match scope {
            Scope::Cluster => sketch.graph.vertex(Vertex::Admin),
            scope => sketch.can(Power::Everything, scope),
        }];
    }
    let roles = sketch.policy.roles();
    let is_meant = |role: &crate::Role<'_>| {
        bind.names.has(role.name)
            && if of_cluster {
                role.namespace.is_empty()
            } else {
                !role.namespace.is_empty() && scope.holds(role.namespace)
            }
    };
    let numbers = (0..number(roles.len())).zip(roles).filter(|(_, role)| is_meant(role));
    let vertices =
        numbers.map(|(number, role)| Vertex::Role(number, if of_cluster { scope } else { Scope::One(role.namespace) }));
    let vertices: Vec<Vertex<'a>> = vertices.collect();
    vertices.into_iter().map(|vertex| sketch.graph.vertex(vertex)).collect()
}

/// What the bindings give that can be changed.
fn existing<'a>(sketch: &mut Sketch<'_, 'a>, bind: &Right<'_, 'a>, write: &Right<'_, 'a>) -> Vec<u32> {
    let mut found = Vec::new();
    for binding in sketch.policy.bindings() {
        let outside = binding.namespace.is_empty();
        let scope = if outside { Scope::Cluster } else { Scope::One(binding.namespace) };
        let is_written = (outside == (write.which == 4))
            && write.scope.and(scope) == Some(scope)
            && write.names.has(&binding.resource.name);
        let is_bound = (binding.role_kind == "ClusterRole") == (bind.which == 0)
            && bind.scope.and(scope) == Some(scope)
            && bind.names.has(binding.role_name);
        if is_written && is_bound {
            found.extend(binding.roles.iter().map(|&role| Vertex::Role(role, scope)));
        }
    }
    found.into_iter().map(|vertex| sketch.graph.vertex(vertex)).collect()
}
