//! # What it does
//! Finds namespaces that no network policy lives in and none for the whole
//! cluster reaches into.
//!
//! # Why it matters
//! Without policies Kubernetes connects every pod with every other: whoever
//! takes over one workload talks to every database.
//!
//! # What to do
//! Deny by default, then allow each connection that is needed. The network
//! plug-in must enforce policies.
//!
//! # References
//! GDPR Art. 25(1), 32(1)(b). CIS 5.3.2.

use cloister_model::Severity;

use super::isolation::{Home, Isolation, KINDS};
use crate::namespaces::judged;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-without-network-policy",
    title: "namespace has no network policy",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let isolation = Isolation::of(inventory);
        for namespace in judged(inventory) {
            let home = Home::of(inventory, namespace.name);
            if findings.examine(!isolation.has_policy(&home)) {
                findings
                    .report(namespace.subject())
                    .message(format!("namespace {} has no network policy", namespace.name))
                    .fix(super::default_deny::deny_all(namespace.name));
            }
        }
    }),
};
