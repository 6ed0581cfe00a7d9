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

use cloister_model::Severity;

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
            let labels = findings.labels(resource);
            if labels.is_empty() {
                return findings.not_applicable();
            }
            for label in labels.iter() {
                if let Some(one) = label.credential() {
                    let message = format!("\"{}\" holds {} ({})", label.key, one.title, one.masked);
                    findings.report(label.place_of(one)).message(message);
                }
            }
        },
    ),
};
