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
use crate::escalation::holder::Holder;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope, Vertex};
use crate::policy::index;
use crate::role::GROUP;

const RIGHTS: &[Target] = &[
    Target::outside(&["bind"], GROUP, "clusterroles").either(),
    Target::inside(&["bind"], GROUP, "roles"),
    Target::outside(&["create"], GROUP, "clusterrolebindings"),
    Target::inside(&["create"], GROUP, "rolebindings"),
    Target::outside(&["update", "patch"], GROUP, "clusterrolebindings"),
    Target::inside(&["update", "patch"], GROUP, "rolebindings"),
];

pub(super) const EDGE: Edge = Edge::new("bind themselves to the role", 1).rights(RIGHTS).holder(draw).world(each);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    let mut drawn = HashSet::default();
    for bind in holder.of(&[0, 1]) {
        for (write, scope) in holder.within(&[2, 3, 4, 5], bind.scope) {
            if matches!(write.which, 2 | 4) && scope != Scope::Cluster {
                continue;
            }
            let found =
                if write.which < 4 { anew(sketch, bind, scope) } else { existing(sketch, bind, write.names, scope) };
            for to in found {
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
    if !of_cluster && bind.names == Names::Any {
        return vec![sketch.can(Power::HoldRoles, scope)];
    }
    let place = if of_cluster { Scope::Cluster } else { scope };
    let found = sketch.directory.roles(place, bind.names);
    let role = |number: u32| sketch.policy.roles().get(index(number)).map(|role| role.namespace);
    let vertex = |number: u32| Some(Vertex::Role(number, if of_cluster { scope } else { Scope::One(role(number)?) }));
    let vertices: Vec<Vertex<'a>> = found.into_iter().filter_map(vertex).collect();
    vertices.into_iter().map(|vertex| sketch.graph.vertex(vertex)).collect()
}

/// What the bindings give that can be changed.
fn existing<'a>(
    sketch: &mut Sketch<'_, 'a>,
    bind: &Right<'_, 'a>,
    written: Names<'_, 'a>,
    scope: Scope<'a>,
) -> Vec<u32> {
    let of_cluster = bind.which == 0;
    if bind.names == Names::Any && written == Names::Any {
        return vec![sketch.can(if of_cluster { Power::BoundClusterRoles } else { Power::BoundRoles }, scope)];
    }
    let found = sketch.directory.bindings(scope, written, bind.names);
    let vertices: Vec<Vertex<'a>> = found.into_iter().flat_map(|number| given(sketch, number, of_cluster)).collect();
    vertices.into_iter().map(|vertex| sketch.graph.vertex(vertex)).collect()
}

/// What one binding gives, if its role is of that kind.
fn given<'a>(sketch: &Sketch<'_, 'a>, binding: u32, of_cluster: bool) -> Vec<Vertex<'a>> {
    let binding = sketch.policy.bindings().get(index(binding));
    let binding = binding.filter(|binding| (binding.role_kind == "ClusterRole") == of_cluster);
    let vertices = binding.map(|binding| {
        let scope = if binding.namespace.is_empty() { Scope::Cluster } else { Scope::One(binding.namespace) };
        binding.roles.iter().map(move |&role| Vertex::Role(role, scope))
    });
    vertices.into_iter().flatten().collect()
}

/// From any role of a scope, or what any of its bindings gives, to each.
fn each(sketch: &mut Sketch<'_, '_>) {
    let is_meant = |vertex: &&Vertex<'_>| {
        matches!(vertex, Vertex::Can(Power::HoldRoles | Power::BoundRoles | Power::BoundClusterRoles, _))
    };
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().iter().filter(is_meant).copied().collect();
    for vertex in known {
        let Vertex::Can(power, scope) = vertex else { continue };
        if scope == Scope::Namespaces {
            let narrower = sketch.directory.namespaces(power == Power::HoldRoles);
            narrower.into_iter().for_each(|namespace| {
                sketch.can(power, Scope::One(namespace));
            });
            continue;
        }
        let from = sketch.graph.vertex(vertex);
        for role in members(sketch, power, scope) {
            let to = sketch.graph.vertex(role);
            sketch.follows(EdgeKind::Bind, from, to, Conditions::NONE);
        }
    }
}

fn members<'a>(sketch: &Sketch<'_, 'a>, power: Power, scope: Scope<'a>) -> Vec<Vertex<'a>> {
    if power == Power::HoldRoles {
        let roles = sketch.directory.roles(scope, Names::Any);
        return roles.into_iter().map(|role| Vertex::Role(role, scope)).collect();
    }
    let bindings = sketch.directory.bindings(scope, Names::Any, Names::Any);
    bindings.into_iter().flat_map(|binding| given(sketch, binding, power == Power::BoundClusterRoles)).collect()
}
