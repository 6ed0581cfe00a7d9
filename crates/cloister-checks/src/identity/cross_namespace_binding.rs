//! # What it does
//! Finds RoleBindings whose subject is a service account of another namespace, or the group of all of them. What it may
//! do there is told as the authoriser reads it; a role that is there and empty gives nothing. A binding
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

use super::bindings::{Subject, role_ref, subjects};
use super::effective::given;
use super::rules::is_builtin;
use crate::{Check, Run};

/// The role that every aggregated API server must hold in kube-system.
fn gives_shared_role(binding: &Resource) -> bool {
    role_ref(binding).is_some_and(|role| role.name == "extension-apiserver-authentication-reader")
}

/// Who comes from elsewhere, in words.
fn guest(subject: &Subject<'_>, own: &str) -> Option<String> {
    if let Some((namespace, account)) = subject.service_account() {
        return (namespace != own).then(|| format!("service account \"{account}\" of namespace \"{namespace}\""));
    }
    let group = (subject.kind == "Group").then_some(subject.name)?;
    let namespace = group.strip_prefix("system:serviceaccounts:").filter(|namespace| *namespace != own)?;
    Some(format!("every service account of namespace \"{namespace}\""))
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
        let mut guests = subjects(binding).filter_map(|it| Some((it.place(), guest(&it, own)?))).peekable();
        if guests.peek().is_none() {
            return;
        }
        let Some(what) = given(&findings.access(), binding) else { return };
        for (place, guest) in guests {
            let name = &binding.name;
            let lets = format!("RoleBinding \"{name}\" lets {guest} into namespace \"{own}\"");
            findings.report(place).message(format!("{lets}: {what}"));
        }
    }),
};
