//! # What it does
//! Finds autoscalers (HorizontalPodAutoscaler, KEDA's ScaledObject, and
//! VerticalPodAutoscaler) whose target is not in their namespace. Targets of kinds
//! that are not Kubernetes' own are left out.
//!
//! # Why it matters
//! The workload keeps the size that it has, and goes down under load, while
//! everyone believes that it grows.
//!
//! # What to do
//! Write kind and name of the workload into `scaleTargetRef`.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `CrossVersionObjectReference`.

use cloister_model::{Place, Severity};

use crate::{Check, Run};

const OWN_KINDS: [&str; 5] = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "DaemonSet"];

pub(crate) const CHECK: Check = Check {
    name: "autoscaler-target-missing",
    title: "autoscaler has no target",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(
        &[
            "HorizontalPodAutoscaler",
            "ScaledObject.keda.sh",
            "VerticalPodAutoscaler",
            "Deployment",
            "StatefulSet",
            "ReplicaSet",
        ],
        |findings| {
            let inventory = findings.inventory();
            let kinds = ["HorizontalPodAutoscaler", "ScaledObject.keda.sh", "VerticalPodAutoscaler"];
            for scaler in kinds.iter().flat_map(|kind| inventory.of_kind(kind)) {
                let path =
                    if &*scaler.kind == "VerticalPodAutoscaler" { "spec/targetRef" } else { "spec/scaleTargetRef" };
                let Some(target) = scaler.root.at(path) else { continue };
                let kind = target.str_at("kind").unwrap_or("Deployment");
                let name = target.str_at("name").unwrap_or("");
                if !OWN_KINDS.contains(&kind) {
                    continue;
                }
                let namespace = scaler.namespace_or_default();
                if findings.examine(inventory.get(kind, namespace, name).is_none()) {
                    findings.report(Place::whole(scaler).at(path).at("name")).message(format!(
                        "{} \"{}\" scales {kind} {name}, which namespace {namespace} lacks",
                        scaler.kind, scaler.name
                    ));
                }
            }
        },
    ),
};
