//! # What it does
//! Finds workloads whose pods name the node that they run on.
//!
//! # Why it matters
//! The scheduler is passed by: when that node is gone, so is the service.
//!
//! # What to do
//! Use `nodeSelector` or affinity with a label that several nodes have.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pinned-to-node",
    title: "pods are pinned to one node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        // In a cluster every Pod that was scheduled names its node.
        if &*pod.resource.kind == "Pod" && findings.inventory().inputs().cluster {
            return findings.not_applicable();
        }
        let hostname = pod.spec.at("nodeSelector").and_then(|labels| labels.get("kubernetes.io/hostname"));
        if let Some(node) = pod.spec.get("nodeName").filter(|node| !node.is_empty()).or(hostname) {
            findings
                .report(pod.place(node))
                .message(format!("{} {} runs on one node only", pod.resource.kind, pod.resource.name));
        }
    }),
};
