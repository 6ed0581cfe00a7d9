//! # What it does
//! Finds containers that see `/proc` unmasked, in the user namespace of the node.
//!
//! # Why it matters
//! The masked parts of `/proc` show and change the kernel of the node: keys,
//! memory, interrupts.
//!
//! # What to do
//! Remove `procMount`, or give the pod a user namespace of its own with
//! `hostUsers: false`.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "/proc Mount Type". From
//! Kubernetes 1.35 the baseline level allows it to pods with `hostUsers: false`; for the
//! restricted level see `proc-mount-unmasked-in-user-namespace`.

use cloister_model::{Node, Severity};

use super::levels::in_user_namespace;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "proc-mount-unmasked",
    title: "container sees /proc unmasked",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mount = container.own_security("procMount").and_then(Node::as_str).unwrap_or("Default");
        if mount != "Default" && !in_user_namespace(&container.pod) {
            findings
                .report(container.at("securityContext/procMount"))
                .message(format!("container \"{}\" sees /proc with procMount \"{mount}\"", container.name()))
                .fix("securityContext:\n  procMount: Default");
        }
    }),
};
