//! # What it does
//! Finds rules with the verb `bind` on Roles or ClusterRoles, unless `resourceNames`
//! limits them to harmless ones.
//!
//! # Why it matters
//! The API server lets nobody hand out rights that they do not hold, except who may
//! `bind`: the way to cluster-admin in two commands.
//!
//! # What to do
//! Name the roles that may be handed out in `resourceNames`.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.1.8. Kubernetes, "Using RBAC Authorization", restrictions on
//! role binding creation.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::{RBAC, Target};
use crate::{Check, Run};

/// Names in `resourceNames` that limit nothing.
const POWERFUL: [&str; 3] = ["cluster-admin", "admin", "edit"];

const TARGETS: [Target; 2] = [Target::namespaced(RBAC, "roles"), Target::cluster_wide(RBAC, "clusterroles")];

pub(crate) const CHECK: Check = Check {
    name: "role-binds",
    title: "role binds to roles with more rights than its own",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants_on(&TARGETS, &["bind"], &POWERFUL),
            |_, finding| {
                finding.fix(
                    "- apiGroups: [\"rbac.authorization.k8s.io\"]\n  resources: [\"clusterroles\"]\n  resourceNames: [\"view\"]\n  verbs: [\"bind\"]",
                );
            },
        );
    }),
};
