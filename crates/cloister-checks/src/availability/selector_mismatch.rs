//! # What it does
//! Finds workloads whose selector does not match the labels of their own pod template.
//!
//! # Why it matters
//! The API server refuses them: what was meant to run does not run after the next
//! deployment, and the old version stays.
//!
//! # What to do
//! Write the same labels into `spec.selector.matchLabels` and into the template.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `DeploymentSpec.selector`.

use cloister_inventory::Selector;
use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "selector-mismatch",
    title: "selector does not match the pod template",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(
        &[
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicaSet",
            "ReplicationController",
            "Job",
            "CronJob",
            "Rollout.argoproj.io",
        ],
        |workload, findings| {
            let spec = match &*workload.kind {
                "CronJob" => Place::whole(workload).at("spec/jobTemplate/spec"),
                _ => Place::whole(workload).at("spec"),
            };
            let (Some(selector), Some(template)) = (spec.node.get("selector"), spec.node.get("template")) else {
                return findings.not_applicable();
            };
            let labels = template.entries_at("metadata/labels");
            let (matches, place) = if &*workload.kind == "ReplicationController" {
                (selector.is_empty() || Selector::Map(selector).matches(labels), spec.at("selector"))
            } else {
                let by_labels = spec.at("selector/matchLabels");
                let place = if by_labels.missing.is_empty() { by_labels } else { spec.at("selector/matchExpressions") };
                (Selector::Labels(selector).matches(labels), place)
            };
            if !matches {
                findings.report(place).message(format!(
                    "selector of {} \"{}\" does not match its own pod template",
                    workload.kind, workload.name
                ));
            }
        },
    ),
};
