//! # What it does
//! Finds rules that create `serviceaccounts/token`.
//!
//! # Why it matters
//! Who may ask for a token of any service account is every service account: the rights
//! of all of them add up.
//!
//! # What to do
//! Name the accounts in `resourceNames`.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.13. Kubernetes, "Role Based Access Control Good
//! Practices", token request.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "serviceaccounts/token")];

pub(crate) const CHECK: Check = Check {
    name: "role-creates-tokens",
    title: "role creates service account tokens",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["create"]),
            |_, finding| {
                finding.fix("- apiGroups: [\"\"]\n  resources: [\"serviceaccounts/token\"]\n  resourceNames: [\"NAME\"]\n  verbs: [\"create\"]");
            },
        );
    }),
};
