//! # What it does
//! Finds rules with the verb `escalate` on Roles or ClusterRoles.
//!
//! # Why it matters
//! The API server lets nobody write a role with more rights than they hold, except who
//! may `escalate`. In a ClusterRole that is cluster-admin by another name.
//!
//! # What to do
//! Take the verb away. A controller that must write roles should hold the rights it
//! gives.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.1.8. Kubernetes, "Using RBAC Authorization", privilege
//! escalation prevention.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::{RBAC, Target};
use crate::{Check, Run};

const TARGETS: [Target; 2] = [Target::namespaced(RBAC, "roles"), Target::cluster_wide(RBAC, "clusterroles")];

pub(crate) const CHECK: Check = Check {
    name: "role-escalates",
    title: "role gives itself any right",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["escalate"]),
            |_, finding| {
                if &*role.kind == "Role" {
                    finding.severity(Severity::High);
                }
            },
        );
    }),
};
