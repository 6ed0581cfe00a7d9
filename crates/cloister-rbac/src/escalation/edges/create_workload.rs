//! # What it is
//! Create on what makes pods from a template: Deployments, StatefulSets, DaemonSets and ReplicaSets in the group
//! apps, Jobs and CronJobs in batch, ReplicationControllers in the core. The pods are made by a controller, so no
//! right on pods is asked for.
//!
//! # Source
//! pkg/controller/{deployment,statefulset,daemon,replicaset,job,cronjob,replication}.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Validating policies and webhooks, on the workload or on pods.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! cron-job, deployment, replica-set, stateful-set, daemon-set, replication-controller, job); the closure was asked
//! too.

use super::Edge;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Power;

const VERBS: &[&str] = &["create"];
const RIGHTS: &[Target] = &[
    Target::inside(VERBS, "apps", "deployments"),
    Target::inside(VERBS, "apps", "statefulsets"),
    Target::inside(VERBS, "apps", "daemonsets"),
    Target::inside(VERBS, "apps", "replicasets"),
    Target::inside(VERBS, "batch", "jobs"),
    Target::inside(VERBS, "batch", "cronjobs"),
    Target::inside(VERBS, "", "replicationcontrollers"),
];

pub(super) const EDGE: Edge = Edge::new("create a workload", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let to = sketch.can(Power::RunPods, right.scope);
    if let Some(conditions) = sketch.admits_pods() {
        sketch.by_right(EdgeKind::CreateWorkload, right, to, conditions);
    }
}
