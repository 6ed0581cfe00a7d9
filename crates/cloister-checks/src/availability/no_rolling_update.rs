//! # What it does
//! Finds workloads that go down for every update: Deployments with the strategy
//! `Recreate` (unless they mount a claim that two pods cannot share) or with a
//! rolling update that takes all pods at once, StatefulSets and DaemonSets with
//! `OnDelete`.
//!
//! # Why it matters
//! Each update is an outage, so updates, security fixes among them, are put off.
//!
//! # What to do
//! Use `type: RollingUpdate` with a `maxUnavailable` below the number of pods.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Deployments", "Strategy".

use cloister_model::{Place, Resource, Severity};

use super::workloads;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-rolling-update",
    title: "workload is not updated pod by pod",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Deployment", "StatefulSet", "DaemonSet"], |workload, findings| {
        if !workloads::is_ours(workload) {
            return findings.not_applicable();
        }
        let place = if &*workload.kind == "Deployment" { deployment(workload) } else { on_delete(workload) };
        if let Some(place) = place {
            findings
                .report(place)
                .message(format!("{} \"{}\" is not updated pod by pod", workload.kind, workload.name))
                .fix("type: RollingUpdate");
        }
    }),
};

fn deployment(workload: &Resource) -> Option<Place<'_>> {
    let strategy = Place::whole(workload).at("spec/strategy");
    let kind = strategy.at("type");
    if kind.node.as_str() == Some("Recreate") {
        let volumes = workload.root.items_at("spec/template/spec/volumes");
        let claims = volumes.iter().any(|volume| volume.get("persistentVolumeClaim").is_some());
        return (!claims).then_some(kind);
    }
    let unavailable = strategy.at("rollingUpdate/maxUnavailable");
    let replicas = workload.root.int_at("spec/replicas").unwrap_or(1);
    let all = unavailable.node.as_str() == Some("100%")
        || unavailable.node.as_int().is_some_and(|number| replicas > 1 && number >= replicas);
    (unavailable.missing.is_empty() && all).then_some(unavailable)
}

fn on_delete(workload: &Resource) -> Option<Place<'_>> {
    let kind = Place::whole(workload).at("spec/updateStrategy/type");
    (kind.node.as_str() == Some("OnDelete")).then_some(kind)
}
