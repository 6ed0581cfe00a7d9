//! # What it does
//! Finds bindings to `system:authenticated` beyond the roles for discovery that
//! Kubernetes ships.
//!
//! # Why it matters
//! The group holds every user and every service account of every namespace; with some
//! cloud providers everybody who has an account there.
//!
//! # What to do
//! Bind the group or the service accounts that are meant.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b), 32(4). Kubernetes, "Role Based Access Control Good
//! Practices".

use cloister_model::Severity;

use super::bindings::{BINDINGS, gives_cluster_role, subjects};
use crate::{Check, Run};

/// What Kubernetes gives to everybody.
const DISCOVERY: [&str; 3] = ["system:basic-user", "system:discovery", "system:public-info-viewer"];

pub(crate) const CHECK: Check = Check {
    name: "all-authenticated-binding",
    title: "everybody with any login is bound to a role",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if DISCOVERY.iter().any(|role| gives_cluster_role(binding, role)) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if subject.is_group("system:authenticated") {
                findings.report(subject.place()).message(format!(
                    "{} \"{}\" binds every user and every service account",
                    binding.kind, binding.name
                ));
            }
        }
    }),
};
