//! # What it does
//! Finds workloads that hold a token of a service account which may become
//! cluster-admin in one step: by escalation, binding, impersonation, the kubelet's
//! proxy, tokens of others, or by making or entering pods in every namespace or in
//! kube-system. One that is cluster-admin already: workload-with-cluster-admin.
//!
//! # Why it matters
//! A break-in into this one container is one command away from all personal data of
//! the cluster.
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
    name: "workload-takes-over-cluster",
    title: "workload could take over the cluster in one step",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        judge(findings, |power| match power {
            Power::OneStep(what) => Some(what),
            Power::Everything(_) => None,
        });
    }),
};
