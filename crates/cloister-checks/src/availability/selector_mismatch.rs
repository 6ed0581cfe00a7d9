//! # What it does
//! Finds workloads whose selector does not match the labels of their own pods.
//!
//! # Why it matters
//! The API server refuses them, so that a fix that is believed to be out is not.
//!
//! # What to do
//! Make the labels of the template match the selector.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_inventory::Selector;
use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "selector-mismatch",
    title: "selector does not match its own pods",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(
        &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"],
        |workload, findings| {
            let labels = workload.root.entries_at("spec/template/metadata/labels");
            let Some(node) = workload.root.at("spec/selector") else { return findings.not_applicable() };
            let plain = &*workload.kind == "ReplicationController";
            let selector = if plain { Selector::Map(node) } else { Selector::Labels(node) };
            // The API server fills in the selector and labels of Jobs itself.
            if selector.matches(labels) || (&*workload.kind == "Job" && labels.is_empty()) {
                return;
            }
            findings
                .report(Place::whole(workload).at("spec/selector"))
                .message(format!("the selector of {} {} does not match its own pods", workload.kind, workload.name));
        },
    ),
};
