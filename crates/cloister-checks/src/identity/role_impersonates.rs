//! # What it does
//! Finds rules with the verb `impersonate` on users, groups, service accounts or their
//! attributes, unless `resourceNames` limits them to harmless ones.
//!
//! # Why it matters
//! Who impersonates holds the rights of whom they name, of `system:masters` too; the
//! log of the application shows the wrong person (Art. 32(4)).
//!
//! # What to do
//! Take the verb away, or name the users or groups in `resourceNames`.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.8. Kubernetes, "User impersonation".

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

/// Names in `resourceNames` that limit nothing.
const POWERFUL: [&str; 3] = ["system:masters", "system:admin", "kubernetes-admin"];

const TARGETS: [Target; 5] = [
    Target::cluster_wide("", "users"),
    Target::cluster_wide("", "groups"),
    Target::namespaced("", "serviceaccounts"),
    Target::cluster_wide("authentication.k8s.io", "uids"),
    Target::cluster_wide("authentication.k8s.io", "userextras"),
];

pub(crate) const CHECK: Check = Check {
    name: "role-impersonates",
    title: "role acts as somebody else",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants_on(&TARGETS, &["impersonate"], &POWERFUL),
            |grant, finding| {
                if grant.resources.iter().any(|resource| ["users", "groups"].contains(resource)) {
                    finding.severity(Severity::Critical);
                }
            },
        );
    }),
};
