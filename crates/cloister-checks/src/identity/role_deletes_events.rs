//! # What it does
//! Finds rules that delete Events.
//!
//! # Why it matters
//! Events show what happened to pods and nodes. Who deletes them covers a break-in, and
//! the controller cannot say what was affected (Art. 33).
//!
//! # What to do
//! Take the verbs away: Events expire by themselves.
//!
//! # References
//! GDPR Art. 32(1)(b), 33(1). MITRE ATT&CK T1070.

use cloister_model::Severity;

use super::rights::{ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 2] = [Target::namespaced("", "events"), Target::namespaced("events.k8s.io", "events")];

pub(crate) const CHECK: Check = Check {
    name: "role-deletes-events",
    title: "role deletes events",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, &["delete", "deletecollection"]);
    }),
};
