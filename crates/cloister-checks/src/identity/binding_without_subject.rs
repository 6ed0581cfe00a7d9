//! # What it does
//! Finds bindings without subjects, and bindings to service accounts that do not exist
//! in a namespace whose accounts are known.
//!
//! # Why it matters
//! Whoever creates the service account of that name gets the rights of the role.
//!
//! # What to do
//! Delete the binding, or correct the name and namespace of the subject.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Role Based Access Control Good Practices", periodic
//! review.

use cloister_model::{Place, Severity};

use super::accounts::{accounts_known, exists};
use super::bindings::{BINDINGS, Subject, subjects};
use super::rules::is_builtin;
use crate::{Check, Findings, Run};

fn is_gone(findings: &Findings<'_>, subject: &Subject<'_>) -> bool {
    let inventory = findings.seen();
    subject.service_account().is_some_and(|(namespace, account)| {
        accounts_known(&inventory, namespace) && !exists(&inventory, namespace, account)
    })
}

pub(crate) const CHECK: Check = Check {
    name: "binding-without-subject",
    title: "a binding binds nobody who exists",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["ClusterRoleBinding", "RoleBinding", "ServiceAccount"], |findings| {
        let inventory = findings.seen();
        for binding in BINDINGS.iter().flat_map(|kind| inventory.of_kind(kind)).filter(|binding| !is_builtin(binding)) {
            let nobody = binding.root.items_at("subjects").is_empty();
            let gone: Vec<_> = subjects(binding).filter(|subject| is_gone(findings, subject)).collect();
            if !findings.examine(nobody || !gone.is_empty()) {
                continue;
            }
            if nobody {
                findings
                    .report(Place::whole(binding).at("subjects"))
                    .message(format!("{} \"{}\" binds nobody", binding.kind, binding.name));
            }
            for subject in gone {
                findings.report(subject.place()).message(format!(
                    "{} \"{}\" binds service account \"{}\", which does not exist",
                    binding.kind, binding.name, subject.name
                ));
            }
        }
    }),
};
