//! # What it does
//! Finds Windows pods and containers that run as a process of their node.
//!
//! # Why it matters
//! A HostProcess container is no container: it has the node's file system,
//! network and accounts, and with them the data of every pod there.
//!
//! # What to do
//! Remove `windowsOptions.hostProcess: true`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "HostProcess". CIS 5.2.10.

use cloister_model::{Node, Severity};

use super::levels::levels;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "windows-host-process",
    title: "runs as a process of its Windows node",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for level in levels(pod) {
            if level.field("windowsOptions/hostProcess").and_then(Node::as_bool) == Some(true) {
                level
                    .report(findings, "securityContext/windowsOptions/hostProcess")
                    .message(format!("{} runs as a process of its Windows node", level.who()))
                    .fix("securityContext:\n  windowsOptions:\n    hostProcess: false");
            }
        }
    }),
};
