//! # What it does
//! Finds rules that read `pods/log`.
//!
//! # Why it matters
//! Logs repeat what users typed: names, addresses, tokens. Who reads them processes
//! personal data.
//!
//! # What to do
//! Give the right to those who operate the service, in single namespaces, and keep
//! personal data out of the logs.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;

use super::rights::{ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "pods/log")];

pub(crate) const CHECK: Check = Check {
    name: "role-reads-logs",
    title: "role reads the logs of pods",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, &["get"]);
    }),
};
