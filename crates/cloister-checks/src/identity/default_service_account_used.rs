//! # What it does
//! Finds workloads that hold a token of the service account `default`, because they
//! name no other.
//!
//! # Why it matters
//! All pods without an account of their own are one and the same for the API server: no
//! right can be given to one of them alone, and the audit log cannot tell them apart.
//!
//! # What to do
//! Give the workload its own service account, or mount no token.
//!
//! # References
//! CIS 5.1.5. GDPR Art. 25(2).

use cloister_model::Severity;

use super::accounts::holds_token;
use super::rules::is_clusters_own;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "default-service-account-used",
    title: "workload uses the default service account",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let inventory = findings.seen();
        if is_clusters_own(inventory.inputs(), pod.namespace()) {
            return findings.not_applicable();
        }
        if pod.service_account() == "default" && holds_token(&inventory, pod) {
            findings
                .report(pod.at("serviceAccountName"))
                .message(format!(
                    "{} \"{}\" holds a token of the default service account",
                    pod.resource.kind, pod.resource.name
                ))
                .fix("serviceAccountName: NAME\nautomountServiceAccountToken: false");
        }
    }),
};
