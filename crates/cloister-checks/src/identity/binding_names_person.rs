//! # What it does
//! Finds bindings whose subject is a single user rather than a group.
//!
//! # Why it matters
//! A group of the identity provider empties itself when somebody leaves or changes
//! their task; a name in a binding stays, and is personal data in the cluster's
//! configuration as well.
//!
//! # What to do
//! Bind a group, and manage its members where people are managed.
//!
//! # References
//! GDPR Art. 32(4).

use cloister_model::Severity;

use super::bindings::{BINDINGS, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "binding-names-person",
    title: "a person is bound by name",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if subject.kind == "User" && !subject.name.is_empty() && !subject.name.starts_with("system:") {
                // The name stays out of the message: it is a person's.
                findings
                    .report(subject.place())
                    .message(format!("{} \"{}\" binds a single user", binding.kind, binding.name))
                    .fix("- kind: Group\n  name: GROUP\n  apiGroup: rbac.authorization.k8s.io");
            }
        }
    }),
};
