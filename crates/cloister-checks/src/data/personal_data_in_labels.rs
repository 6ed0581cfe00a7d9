//! # What it does
//! Finds personal data in labels and annotations of a resource and of its pods. Values
//! are never shown.
//!
//! # Why it matters
//! Labels are copied to metrics, logs and dashboards, and shown to everybody who may
//! list resources.
//!
//! # What to do
//! Name a team or a role instead of a person; for a contact use the address of a
//! function (`team@…`).
//!
//! # References
//! GDPR Art. 5(1)(c), 32(1)(a).

use cloister_model::Severity;

use super::recognised::{personal_message, personal_severity};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-in-labels",
    title: "a label or annotation holds personal data",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(
        &[
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicaSet",
            "Pod",
            "Job",
            "CronJob",
            "Service",
            "Ingress",
            "ServiceAccount",
            "ConfigMap",
            "Secret",
            "Namespace",
            "PersistentVolumeClaim",
        ],
        |resource, findings| {
            let labels = findings.labels(resource);
            if labels.is_empty() {
                return findings.not_applicable();
            }
            for label in labels.iter() {
                // A whole manifest in an annotation repeats what stands elsewhere.
                if label.key == "kubectl.kubernetes.io/last-applied-configuration" {
                    continue;
                }
                let found = label.personal_data();
                let Some(first) = found.first() else { continue };
                let message = personal_message(&format!("\"{}\"", label.key), &found);
                findings.report(label.place_of(first)).message(message).severity(personal_severity(&found));
            }
        },
    ),
};
