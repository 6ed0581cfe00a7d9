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
//! GDPR Art. 5(1)(c), 25(2).

use cloister_model::{Entry, Place, Severity};

use super::labels::labels_and_annotations;
use super::settings::{personal_data, personal_message, personal_severity, within};
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
            let entries: Vec<&Entry> = labels_and_annotations(resource).collect();
            if entries.is_empty() {
                return findings.not_applicable();
            }
            for entry in entries {
                let Some(value) = entry.node.as_str() else { continue };
                // A whole manifest in an annotation repeats what stands elsewhere.
                if &*entry.key == "kubectl.kubernetes.io/last-applied-configuration" {
                    continue;
                }
                let name = entry.key.rsplit('/').next().unwrap_or(&entry.key);
                let found = personal_data(name, value);
                let Some(first) = found.first() else { continue };
                let place = within(Place { mark: entry.node.mark, ..Place::of(resource, &entry.node) }, value, first);
                let message = personal_message(&format!("\"{}\"", entry.key), &found);
                findings.report(place).message(message).severity(personal_severity(&found));
            }
        },
    ),
};
