//! # What it does
//! Finds bindings that give rights to service accounts called `default`: by name, or by the groups of all service
//! accounts, of a namespace or of the cluster. What they give is told as the authoriser reads it; a role that is there
//! and empty gives nothing.
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

use cloister_model::{Resource, Severity};

use super::bindings::{BINDINGS, Subject, subjects};
use super::effective::given;
use super::rules::is_builtin;
use crate::{Check, Findings, Run};

/// Whose default account is meant, in words.
fn whose(subject: &Subject<'_>) -> Option<String> {
    if let Some((namespace, account)) = subject.service_account() {
        return (account == "default").then(|| format!("of namespace \"{namespace}\""));
    }
    let group = (subject.kind == "Group").then_some(subject.name)?;
    if group == "system:serviceaccounts" {
        return Some("of every namespace, by the group of all".to_owned());
    }
    let namespace = group.strip_prefix("system:serviceaccounts:")?;
    Some(format!("of namespace \"{namespace}\", by the group of all there"))
}

fn judge<'a>(binding: &'a Resource, findings: &mut Findings<'a>) {
    let mut meant = subjects(binding).filter_map(|subject| Some((subject.place(), whose(&subject)?))).peekable();
    if meant.peek().is_none() {
        return;
    }
    let Some(what) = given(&findings.access(), binding) else { return };
    for (place, whose) in meant {
        let (kind, name) = (&binding.kind, &binding.name);
        findings
            .report(place)
            .message(format!("{kind} \"{name}\" gives rights to the default service account {whose}: {what}"));
    }
}

pub(crate) const CHECK: Check = Check {
    name: "default-service-account-bound",
    title: "a default service account has rights",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        judge(binding, findings);
    }),
};
