//! # What it does
//! Finds service accounts that are bound to a role and used by several workloads.
//!
//! # Why it matters
//! Each of the workloads has the rights that only one of them needs, and the audit log
//! cannot tell which one used them.
//!
//! # What to do
//! Give each workload an account of its own with the rights of its own.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Role Based Access Control Good Practices", least
//! privilege.

use std::collections::BTreeMap;

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::bindings::ACCESS;
use super::rights::words;
use super::rules::is_clusters_own;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "service-account-shared",
    title: "several workloads share one service account with rights",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        let inventory = findings.inventory();
        let access = findings.access();
        let mut users: BTreeMap<(&str, &str), Vec<Pod<'_>>> = BTreeMap::new();
        for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory.inputs(), pod.namespace())) {
            let account = (pod.namespace(), pod.service_account());
            // What "default" may do is reported by itself.
            if account.1 != "default" && access.is_bound(account.0, account.1) {
                users.entry(account).or_default().push(pod);
            }
        }
        for ((namespace, account), pods) in users {
            let mut names: Vec<&str> = pods.iter().map(|pod| &*pod.resource.name).collect();
            names.dedup();
            let [first, _, ..] = pods.as_slice() else {
                findings.examine(false);
                continue;
            };
            if !findings.examine(names.len() > 1) {
                continue;
            }
            let message = format!("service account \"{account}\" is shared by {}", words(&names));
            match inventory.get("ServiceAccount", namespace, account) {
                Some(resource) => findings.report(resource),
                None => findings.report(first.at("serviceAccountName")),
            }
            .message(message);
        }
    }),
};
