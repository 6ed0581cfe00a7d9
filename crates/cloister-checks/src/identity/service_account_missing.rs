//! # What it does
//! Finds workloads whose service account is not there, where the accounts of their
//! namespace are in the input.
//!
//! # Why it matters
//! The pods are not created until the account exists; whoever creates it first decides
//! what they may do.
//!
//! # What to do
//! Create the ServiceAccount, or correct the name.
//!
//! # References
//! Kubernetes, "Service Accounts". GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::accounts::{accounts_known, exists};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "service-account-missing",
    title: "workload names a service account that does not exist",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(super::accounts::NAMED, |findings| {
        let inventory = findings.inventory();
        for pod in inventory.pods() {
            let (namespace, account) = (pod.namespace(), pod.service_account());
            // Where the pod was listed, its namespace's accounts were as well.
            if !inventory.inputs().cluster && !accounts_known(&findings.seen(), namespace) {
                continue;
            }
            if findings.examine(!exists(&findings.seen(), namespace, account)) {
                let field = if pod.at("serviceAccountName").missing.is_empty() {
                    "serviceAccountName"
                } else {
                    "serviceAccount"
                };
                findings.report(pod.at(field)).message(format!(
                    "{} \"{}\" runs as service account \"{account}\", which does not exist",
                    pod.resource.kind, pod.resource.name
                ));
            }
        }
    }),
};
