//! # What it does
//! Finds rules that allow exec or attach (create or get on `pods/exec`, `pods/attach`).
//!
//! # Why it matters
//! Who can run a command in a pod reads what the pod reads: its files, its Secrets, its
//! database connection. Nothing of it passes the application's own access control and
//! log.
//!
//! # What to do
//! Take the right away; give it for a limited time where somebody must repair
//! something, and watch its use in the audit log.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). MITRE ATT&CK T1609.

use cloister_model::Severity;

use super::rights::{ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 2] = [Target::namespaced("", "pods/exec"), Target::namespaced("", "pods/attach")];

pub(crate) const CHECK: Check = Check {
    name: "role-execs-into-pods",
    title: "role runs commands in pods",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, &["create", "get"]);
    }),
};
