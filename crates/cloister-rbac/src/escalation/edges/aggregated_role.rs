//! # What it is
//! Who may create ClusterRoles and holds escalate on them, or may rewrite any of them by it, makes one with the
//! label that an aggregated role collects, such as rbac.authorization.k8s.io/aggregate-to-view. Everybody who holds
//! the aggregated role then holds its rules. Without escalate, only what is held already can be handed on so, and
//! writing an aggregationRule takes holding everything.
//!
//! # Source
//! pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go,
//! pkg/registry/rbac/clusterrole/policybased/storage.go.
//!
//! # Since
//! 1.9.
//!
//! # What cuts it
//! resourceNames in the rule with escalate: creating has no name.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! aggregated-role); the closure was asked too. That creating an aggregated role takes escalate too, and that the
//! controller copies rules without a check of its own (`syncClusterRole`).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::holder::Holder;
use crate::escalation::right::{Names, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::together::Need;
use crate::escalation::vertex::{Power, Scope, Vertex};
use crate::policy::index;
use crate::role::GROUP;

const RIGHTS: &[Target] =
    &[Target::outside(&["escalate"], GROUP, "clusterroles"), Target::outside(&["create"], GROUP, "clusterroles")];

pub(super) const EDGE: Edge =
    Edge::new("make a ClusterRole that others collect", 1).rights(RIGHTS).holder(draw).world(collect);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    let mut any = [0, 1].map(|_| None);
    for right in holder.of(&[0, 1]).filter(|right| right.names == Names::Any) {
        if let Some(place) = any.get_mut(right.which) {
            *place = Some(right);
        }
    }
    if let [Some(escalate), Some(create)] = any {
        let to = sketch.can_all(Power::FeedAggregates);
        sketch.by_rights(EdgeKind::AggregatedRole, holder, &[escalate, create], to, Conditions::NONE);
    }
}

fn collect(sketch: &mut Sketch<'_, '_>) {
    let Some(feed) = sketch.graph.find(&Vertex::Can(Power::FeedAggregates, Scope::Cluster)) else { return };
    let known: Vec<Vertex<'_>> = sketch.graph.vertices().to_vec();
    for vertex in known {
        let Vertex::Role(number, scope) = vertex else { continue };
        if sketch.policy.roles().get(index(number)).is_some_and(crate::Role::is_aggregated) {
            let role = sketch.graph.vertex(vertex);
            let to = match scope {
                Scope::Cluster => sketch.graph.vertex(Vertex::Admin),
                scope => sketch.can(Power::Everything, scope),
            };
            sketch.together(EdgeKind::AggregatedRole, &[feed, role].map(Need::of), to, Conditions::NONE);
        }
    }
}
