//! # What it does
//! Finds pods and containers that are told to run with the group 0, root.
//!
//! # Why it matters
//! Many files of an image and of the node belong to this group and may be written
//! by it: half of what makes root dangerous comes with the group.
//!
//! # What to do
//! Set `runAsGroup` and `fsGroup` to an id over 10000, and take 0 out of
//! `supplementalGroups`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pods in a user namespace of their own (`hostUsers: false`) are
//! exempt: their group 0 is none of the node's.

use cloister_inventory::Pod;
use cloister_model::{Node, Severity};

use super::levels::{in_user_namespace, levels};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "root-group",
    title: "runs with the group 0, root",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if in_user_namespace(pod) {
            return;
        }
        for level in levels(pod).filter(|level| level.takes_effect("runAsGroup")) {
            if level.field("runAsGroup").and_then(Node::as_int) == Some(0) {
                level
                    .report(findings, "securityContext/runAsGroup")
                    .message(format!("{} runs with the group 0, root", level.who()))
                    .fix("securityContext:\n  runAsGroup: 10001");
            }
        }
        of_the_pod(pod, findings);
    }),
};

/// Groups that only a pod can set.
fn of_the_pod(pod: &Pod<'_>, findings: &mut Findings<'_>) {
    if pod.security("fsGroup").and_then(Node::as_int) == Some(0) {
        findings
            .report(pod.at("securityContext/fsGroup"))
            .message("the pod's volumes belong to the group 0, root")
            .fix("securityContext:\n  fsGroup: 10001");
    }
    for group in pod.spec.items_at("securityContext/supplementalGroups") {
        if group.as_int() == Some(0) {
            findings.report(pod.place(group)).message("the pod has the group 0, root, as a supplemental group");
        }
    }
}
