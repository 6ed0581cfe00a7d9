//! # What it does
//! Finds pods that set `serviceAccount` where `serviceAccountName` is missing or says
//! something else.
//!
//! # Why it matters
//! Two fields for one thing: where they differ, the one that people read may not be the
//! one that counts.
//!
//! # What to do
//! Write `serviceAccountName`, and only that.
//!
//! # References
//! Kubernetes API, PodSpec, serviceAccount.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "service-account-field-deprecated",
    title: "workload names its service account in the deprecated field",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        // The API server itself copies the name into both fields.
        let old = pod.spec.str_at("serviceAccount").filter(|name| !name.is_empty());
        let Some(old) = old.filter(|old| pod.spec.str_at("serviceAccountName") != Some(old)) else { return };
        findings
            .report(pod.at("serviceAccount"))
            .message(format!(
                "{} \"{}\" sets the deprecated field serviceAccount",
                pod.resource.kind, pod.resource.name
            ))
            .fix(format!("serviceAccountName: {old}"));
    }),
};
