//! # What it does
//! Finds pods that share the process namespace of their node.
//!
//! # Why it matters
//! Such a pod sees every process of the node, with its command line and, with a
//! little more privilege, its environment and open files: the data of all other
//! workloads there.
//!
//! # What to do
//! Remove `hostPID: true`. Node agents that cannot do without it belong in a
//! namespace of their own, with an exception that says why.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Host Namespaces". CIS 5.2.3.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-pid",
    title: "pod shares the process namespace of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if pod.spec.bool_at("hostPID") == Some(true) {
            findings.report(pod.at("hostPID")).fix("hostPID: false");
        }
    }),
};
