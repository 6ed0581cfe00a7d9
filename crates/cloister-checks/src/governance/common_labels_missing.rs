//! # What it does
//! Finds workloads whose pods carry none of the recommended labels
//! `app.kubernetes.io/…`.
//!
//! # Why it matters
//! When a pod is seen in an alert or a flow, its labels say whose it is. Without them a
//! breach waits for somebody who knows (Art. 33: 72 hours), and the register cannot
//! select it.
//!
//! # What to do
//! Label the pod template with `app.kubernetes.io/name` and
//! `app.kubernetes.io/part-of`.
//!
//! # References
//! Kubernetes, "Recommended Labels".

use cloister_model::Severity;

use crate::system::is_system_pod;
use crate::{Check, Run};

const LABELS: [&str; 6] = ["name", "instance", "part-of", "component", "managed-by", "version"];

pub(crate) const CHECK: Check = Check {
    name: "common-labels-missing",
    title: "pods do not say what they belong to",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if is_system_pod(pod) {
            return findings.not_applicable();
        }
        if LABELS.iter().all(|label| pod.label(&format!("app.kubernetes.io/{label}")).is_none()) {
            findings
                .report(pod.template_at("metadata/labels"))
                .message(format!(
                    "pods of {} \"{}\" do not say what they belong to",
                    pod.resource.kind, pod.resource.name
                ))
                .fix(format!(
                    "labels:\n  app.kubernetes.io/name: {}\n  app.kubernetes.io/part-of: NAME",
                    pod.resource.name
                ));
        }
    }),
};
