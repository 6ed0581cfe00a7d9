//! # What it does
//! Finds containers that see `/proc` unmasked inside a user namespace of their own.
//!
//! # Why it matters
//! The user namespace takes most of the danger away, not all: a mistake of the
//! kernel in one of these files is reachable again.
//!
//! # What to do
//! Remove `procMount` unless the container starts containers itself.
//!
//! # References
//! Pod Security Standards, restricted, "/proc Mount Type". The baseline level
//! allows this from Kubernetes 1.35; without a user namespace see
//! `proc-mount-unmasked`.

use cloister_model::{Node, Severity};

use super::levels::in_user_namespace;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "proc-mount-unmasked-in-user-namespace",
    title: "container sees /proc unmasked, though in a user namespace of its own",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        if !in_user_namespace(&container.pod) {
            return findings.not_applicable();
        }
        let mount = container.own_security("procMount").and_then(Node::as_str).unwrap_or("Default");
        if mount != "Default" {
            findings
                .report(container.at("securityContext/procMount"))
                .message(format!("container \"{}\" sees /proc with procMount \"{mount}\"", container.name()))
                .fix("securityContext:\n  procMount: Default");
        }
    }),
};
