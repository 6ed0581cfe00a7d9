//! # What it does
//! Finds pods and containers that are told to run as user 0.
//!
//! # Why it matters
//! The process is root whatever the image says: it reads and writes every file of
//! its volumes, and what it leaves on the node belongs to root there.
//!
//! # What to do
//! Set `runAsUser` to an id over 10000, or leave it to the image.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Running as Non-root user". CIS
//! 5.2.7. Pods in a user namespace of their own (`hostUsers: false`) are exempt from
//! Kubernetes 1.35.

use cloister_model::{Node, Severity};

use super::levels::{in_user_namespace, levels};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "runs-as-root-user",
    title: "runs as user 0, root",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if in_user_namespace(pod) {
            return;
        }
        for level in levels(pod) {
            if level.field("runAsUser").and_then(Node::as_int) == Some(0) {
                level
                    .report(findings, "securityContext/runAsUser")
                    .message(format!("{} runs as user 0, root", level.who()))
                    .fix("securityContext:\n  runAsUser: 10001");
            }
        }
    }),
};
