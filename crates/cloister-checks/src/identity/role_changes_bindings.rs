//! # What it does
//! Finds rules that create or change RoleBindings or ClusterRoleBindings.
//!
//! # Why it matters
//! Who writes bindings hands on every right they hold, to anybody, for ever: nobody is
//! left who could say who may see personal data.
//!
//! # What to do
//! Let the deployment pipeline write bindings after a review.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Using RBAC Authorization", restrictions on role binding
//! creation.

use cloister_model::Severity;

use super::rights::{ROLES, WRITES, report};
use super::rules::{RBAC, Target};
use crate::{Check, Run};

const TARGETS: [Target; 2] =
    [Target::namespaced(RBAC, "rolebindings"), Target::cluster_wide(RBAC, "clusterrolebindings")];

pub(crate) const CHECK: Check = Check {
    name: "role-changes-bindings",
    title: "role binds others to roles",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, WRITES);
    }),
};
