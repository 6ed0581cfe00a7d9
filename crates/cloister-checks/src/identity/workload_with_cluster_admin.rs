//! # What it does
//! Finds workloads that hold a token of a service account which may do everything, or
//! everything with the core group, in every namespace or in kube-system.
//!
//! # Why it matters
//! A break-in into this one container is a break-in into all personal data of the
//! cluster.
//!
//! # What to do
//! Give the account the rights that it uses, in the namespaces where it uses them;
//! mount no token where none is used.
//!
//! # References
//! CIS 5.1.1. GDPR Art. 32(1)(b). MITRE ATT&CK T1078.003, "Local Accounts".

use cloister_model::Severity;

use super::bindings::ACCESS;
use super::takeover::{Power, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "workload-with-cluster-admin",
    title: "workload may do everything in the cluster",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        judge(findings, |power| match power {
            Power::Everything(what) => Some(what),
            Power::OneStep(_) => None,
        });
    }),
};
