//! # What it does
//! Finds bindings to the group `system:masters`, beside the one that Kubernetes ships.
//!
//! # Why it matters
//! Members of system:masters pass every authorisation, with a certificate that nobody
//! can revoke. A binding shows that somebody works as one.
//!
//! # What to do
//! Use a group of your own identity provider, and issue no certificates for
//! system:masters.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.7. Kubernetes, "Role Based Access Control Good
//! Practices", least privilege.

use cloister_model::Severity;

use super::bindings::{BINDINGS, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "system-masters-binding",
    title: "system:masters is bound to a role",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if subject.is_group("system:masters") {
                findings
                    .report(subject.place())
                    .message(format!("{} \"{}\" binds system:masters", binding.kind, binding.name));
            }
        }
    }),
};
