//! # What it does
//! Finds RoleBindings whose subject is a service account of another namespace. A binding
//! that names no namespace of its own is not judged: its place is chosen when it is applied.
//!
//! # Why it matters
//! A namespace is the border between purposes. What runs on the other side of it gets
//! at what is inside, and no one who looks at either namespace alone sees it.
//!
//! # What to do
//! Run the workload in the namespace that it serves, or say in the register why one
//! purpose needs the other's data.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::{Resource, Severity};

use super::bindings::{role_ref, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

/// The role that every aggregated API server must hold in kube-system.
fn gives_shared_role(binding: &Resource) -> bool {
    role_ref(binding).is_some_and(|role| role.name == "extension-apiserver-authentication-reader")
}

pub(crate) const CHECK: Check = Check {
    name: "cross-namespace-binding",
    title: "a service account of another namespace is bound",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["RoleBinding"], |binding, findings| {
        // Where a binding that names no namespace ends up is decided by whoever applies it.
        let Some(own) = binding.namespace.as_deref().filter(|_| !is_builtin(binding) && !gives_shared_role(binding))
        else {
            return findings.not_applicable();
        };
        for subject in subjects(binding) {
            if subject.service_account().is_some_and(|(namespace, _)| namespace != own) {
                findings.report(subject.place()).message(format!(
                    "RoleBinding \"{}\" lets service account \"{}\" into namespace \"{own}\"",
                    binding.name, subject.name
                ));
            }
        }
    }),
};
