//! # What it does
//! Finds bindings whose subject is a service account called `default`.
//!
//! # Why it matters
//! Every pod that names no account runs as `default`, and so gets these rights without
//! anybody having decided it.
//!
//! # What to do
//! Create a service account for the workload that needs the rights, bind that one, and
//! name it in `serviceAccountName`.
//!
//! # References
//! CIS 5.1.5. GDPR Art. 25(2), 32(1)(b).

use cloister_model::Severity;

use super::bindings::{BINDINGS, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "default-service-account-bound",
    title: "a default service account has rights",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if subject.service_account().is_some_and(|(_, account)| account == "default") {
                findings.report(subject.place()).message(format!(
                    "{} \"{}\" gives rights to the default service account",
                    binding.kind, binding.name
                ));
            }
        }
    }),
};
