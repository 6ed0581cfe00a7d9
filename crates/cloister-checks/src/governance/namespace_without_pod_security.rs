//! # What it does
//! Finds namespaces without the label `pod-security.kubernetes.io/enforce`, unless a
//! Kyverno policy enforces the standards everywhere.
//!
//! # Why it matters
//! Whoever may create pods here may create one that takes the node, and with it every
//! volume and Secret there. Good manifests today prevent nothing tomorrow (Art. 25(1)).
//!
//! # What to do
//! Label the namespace: `restricted` where it works, `baseline` at least.
//!
//! # References
//! CIS 5.2.1. GDPR Art. 25(1). Kubernetes, "Pod Security Admission".

use cloister_model::{Place, Severity};

use super::admission::{LABELLED, enforced, kyverno_enforces, namespaces};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-pod-security",
    title: "namespace enforces no Pod Security",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(LABELLED, |findings| {
        let inventory = findings.inventory();
        let elsewhere = kyverno_enforces(inventory);
        for namespace in namespaces(inventory) {
            if findings.examine(enforced(namespace).is_none() && !elsewhere) {
                findings
                    .report(Place::whole(namespace).at("metadata/labels"))
                    .message(format!("namespace \"{}\" enforces no Pod Security", namespace.name))
                    .fix("labels:\n  pod-security.kubernetes.io/enforce: baseline");
            }
        }
    }),
};
