//! # What it is
//! Update or patch on a workload that is there: its template is replaced, with image, service account and volumes.
//! Scaling does not do it: the subresource holds no template. A Job's template cannot be changed, so Jobs are not
//! asked for.
//!
//! # Source
//! pkg/registry/apps, pkg/apis/batch/validation (Job templates are immutable).
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Validating policies and webhooks, on the workload or on pods.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! change-workload); the closure was asked too. For a Deployment; the other kinds are argued from their strategies,
//! as is that a Job's template never changes.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Names, Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};
use crate::policy::index;

const VERBS: &[&str] = &["update", "patch"];
const RIGHTS: &[Target] = &[
    Target::inside(VERBS, "apps", "deployments"),
    Target::inside(VERBS, "apps", "statefulsets"),
    Target::inside(VERBS, "apps", "daemonsets"),
    Target::inside(VERBS, "apps", "replicasets"),
    Target::inside(VERBS, "batch", "cronjobs"),
    Target::inside(VERBS, "", "replicationcontrollers"),
];
/// The kinds of these, in the same order.
const KINDS: [&str; 6] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob", "ReplicationController"];

pub(super) const EDGE: Edge = Edge::new("change a workload's template", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let Some(conditions) = sketch.admits_pods() else { return };
    let to = sketch.can(Power::RunPods, right.scope);
    let conditions = conditions.and(Conditions::IF_EXISTS.when(!is_there(sketch, right)));
    sketch.by_right(EdgeKind::ChangeWorkload, right, to, conditions);
}

/// Whether such a workload is in the input.
fn is_there(sketch: &Sketch<'_, '_>, right: &Right<'_, '_>) -> bool {
    let kind = KINDS.get(right.which).copied().unwrap_or_default();
    let is_meant = |number: &u32| {
        sketch.world.workloads.get(index(*number)).is_some_and(|workload| {
            let resource = workload.pod.resource;
            &*resource.kind == kind && (right.names == Names::Any || right.names.has(&resource.name))
        })
    };
    match right.scope {
        Scope::One(namespace) => sketch.world.workloads_in(namespace).iter().any(is_meant),
        _ => (0..crate::escalation::graph::number(sketch.world.workloads.len())).any(|number| is_meant(&number)),
    }
}
