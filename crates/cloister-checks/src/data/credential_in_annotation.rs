//! # What it does
//! Finds passwords, keys and tokens in labels and annotations of a resource and of its
//! pods.
//!
//! # Why it matters
//! Labels and annotations are shown to everybody who may list resources, and are copied
//! to metrics and logs.
//!
//! # What to do
//! Keep the value in a Secret, and let the program that needs it read it there.
//! `kubectl apply` copies whole manifests into the annotation
//! `kubectl.kubernetes.io/last-applied-configuration`: use server-side apply for
//! Secrets.
//!
//! # References
//! GDPR Art. 32(1)(a) and (b).

use cloister_model::{Entry, Place, Severity};

use super::labels::labels_and_annotations;
use super::settings::{credentials, within};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "credential-in-annotation",
    title: "a label or annotation holds a credential",
    severity: Severity::High,
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
                let name = entry.key.rsplit('/').next().unwrap_or(&entry.key);
                if let Some(one) = credentials(name, value).first() {
                    let place = Place { mark: entry.node.mark, ..Place::of(resource, &entry.node) };
                    let place = within(place, value, one);
                    findings.report(place).message(format!("\"{}\" holds {} ({})", entry.key, one.title, one.masked));
                }
            }
        },
    ),
};
