//! # What it does
//! Finds RoleBindings to the role `cluster-admin`.
//!
//! # Why it matters
//! Inside the namespace it is more than `admin` is: quotas, the namespace's own labels
//! (and with them Pod Security) and every custom resource can be changed by the one
//! they are to bind.
//!
//! # What to do
//! Bind `admin` or `edit` instead.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). CIS 5.1.1. Kubernetes, "Using RBAC Authorization",
//! user-facing roles.

use cloister_model::{Place, Severity};

use super::bindings::{gives_cluster_role, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "cluster-admin-in-namespace",
    title: "cluster-admin is bound in a namespace",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["RoleBinding"], |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        if gives_cluster_role(binding, "cluster-admin") && subjects(binding).next().is_some() {
            findings.report(Place::whole(binding).at("roleRef/name")).message(format!(
                "RoleBinding \"{}\" gives cluster-admin in namespace \"{}\"",
                binding.name,
                binding.namespace_or_default()
            ));
        }
    }),
};
