//! # What it does
//! Finds workloads whose service account token is mounted by default or by their own
//! words, though no binding gives the account anything, or nobody chose the account:
//! rights of `default` are no need of the workload's.
//!
//! # Why it matters
//! The token is what a break-in looks for first. A workload that does not talk to the
//! API server should have none.
//!
//! # What to do
//! Set `automountServiceAccountToken: false` in the pod. If it does talk to the API
//! server, give it an account of its own and bind a role to it.
//!
//! # References
//! CIS 5.1.6. GDPR Art. 5(1)(c), 25(2). Kubernetes, "Configure Service Accounts for Pods".

use cloister_model::Severity;

use super::accounts::mounts_token;
use super::bindings::ACCESS;
use super::rules::is_clusters_own;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "token-automounted",
    title: "workload holds a token that it has no use for",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        let inventory = findings.inventory();
        let access = findings.access();
        for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory.inputs(), pod.namespace())) {
            let account = pod.service_account();
            // Rights of "default" are nobody's need: they come by not choosing.
            let needs = account != "default" && access.is_bound(pod.namespace(), account);
            if findings.examine(mounts_token(&findings.seen(), &pod) && !needs) {
                findings
                    .report(pod.at("automountServiceAccountToken"))
                    .message(format!(
                        "{} \"{}\" holds a token of service account \"{account}\" without need",
                        pod.resource.kind, pod.resource.name
                    ))
                    .fix("automountServiceAccountToken: false");
            }
        }
    }),
};
