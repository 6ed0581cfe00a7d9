//! # What it does
//! Finds bindings to the groups `system:serviceaccounts` and
//! `system:serviceaccounts:NAMESPACE`.
//!
//! # Why it matters
//! Every pod, the least trusted one included, and every pod to come, gets the rights of
//! the role.
//!
//! # What to do
//! Bind the service accounts that need it, by name.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). CIS 5.1.5.

use cloister_model::Severity;

use super::bindings::{BINDINGS, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

const GROUP_OF_NAMESPACE: &str = "system:serviceaccounts:";

fn is_of_accounts(group: &str) -> bool {
    group == "system:serviceaccounts" || group.starts_with(GROUP_OF_NAMESPACE)
}

pub(crate) const CHECK: Check = Check {
    name: "all-service-accounts-binding",
    title: "every service account is bound to a role",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if subject.kind == "Group" && is_of_accounts(subject.name) {
                let whose = subject.name.strip_prefix(GROUP_OF_NAMESPACE);
                let whose = whose.map_or("the cluster".to_owned(), |namespace| format!("namespace \"{namespace}\""));
                findings
                    .report(subject.place())
                    .message(format!("{} \"{}\" binds every service account of {whose}", binding.kind, binding.name));
            }
        }
    }),
};
