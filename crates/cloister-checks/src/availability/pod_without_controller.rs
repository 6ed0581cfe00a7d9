//! # What it does
//! Finds Pods that no controller made.
//!
//! # Why it matters
//! When their node dies nobody makes them anew, and their fixes are never rolled out.
//!
//! # What to do
//! Use a Deployment, StatefulSet, DaemonSet or Job.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pod-without-controller",
    title: "pod has no controller",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Pod"], |pod, findings| {
        // The kubelet makes mirrors of its static pods.
        if pod.annotation("kubernetes.io/config.mirror").is_some() {
            return findings.not_applicable();
        }
        if pod.root.items_at("metadata/ownerReferences").is_empty() {
            findings.report(pod).message(format!("pod \"{}\" has no controller that makes it anew", pod.name));
        }
    }),
};
