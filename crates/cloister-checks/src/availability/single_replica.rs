//! # What it does
//! Finds Deployments and StatefulSets that keep a single pod.
//!
//! # Why it matters
//! When its node is drained or dies, the service is gone until another pod has started.
//!
//! # What to do
//! Set `spec.replicas` to 2 or more, or let a HorizontalPodAutoscaler keep them.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_model::Place;

use super::workloads::{REPLICATED, replicas};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "single-replica",
    title: "workload keeps a single pod",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&REPLICATED, |workload, findings| match replicas(workload, findings.inventory()) {
        0 => findings.not_applicable(),
        1 => {
            findings
                .report(Place::whole(workload).at("spec/replicas"))
                .message(format!("{} {} keeps a single pod", workload.kind, workload.name))
                .fix("spec:\n  replicas: 2");
        }
        _ => {}
    }),
};
