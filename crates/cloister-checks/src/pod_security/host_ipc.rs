//! # What it does
//! Finds pods that share the inter-process communication of their node.
//!
//! # Why it matters
//! Shared memory, semaphores and message queues of the node's processes, and of
//! all other pods that share them, can be read and written.
//!
//! # What to do
//! Remove `hostIPC: true`. Containers of one pod share memory without it, through
//! an `emptyDir` with `medium: Memory`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Host Namespaces". CIS 5.2.4.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-ipc",
    title: "pod shares the inter-process communication of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if pod.spec.bool_at("hostIPC") == Some(true) {
            findings.report(pod.at("hostIPC")).fix("hostIPC: false");
        }
    }),
};
