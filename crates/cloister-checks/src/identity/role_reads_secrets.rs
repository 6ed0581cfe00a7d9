//! # What it does
//! Finds rules that give get, list or watch on Secrets without naming which.
//!
//! # Why it matters
//! Secrets hold the credentials of databases. Who lists them holds every one of the
//! namespace, of a ClusterRole often of the cluster, and needs no other right to reach
//! the personal data behind them; list and watch return the values as get does.
//!
//! # What to do
//! Name the Secrets that are needed in `resourceNames` and give only `get`; or mount
//! them, which needs no RBAC at all.
//!
//! # References
//! CIS 5.1.2. GDPR Art. 32(1)(b), 32(4). Kubernetes, "Role Based Access Control Good
//! Practices".

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "secrets")];

pub(crate) const CHECK: Check = Check {
    name: "role-reads-secrets",
    title: "role reads any Secret",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["get", "list", "watch"]),
            |_, finding| {
                finding.fix(
                    "- apiGroups: [\"\"]\n  resources: [\"secrets\"]\n  resourceNames: [\"NAME\"]\n  verbs: [\"get\"]",
                );
            },
        );
    }),
};
