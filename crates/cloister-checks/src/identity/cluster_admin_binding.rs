//! # What it does
//! Finds ClusterRoleBindings to the role `cluster-admin`, beside the one that
//! Kubernetes ships.
//!
//! # Why it matters
//! cluster-admin reads every Secret, every volume and every pod, and can hide that it
//! did. Each further holder is one more way to all personal data of the cluster.
//!
//! # What to do
//! Bind a role with the rights that are used; keep cluster-admin for emergencies, with
//! a person's name and an end.
//!
//! # References
//! CIS 5.1.1. GDPR Art. 32(1)(b), 32(4).

use cloister_model::{Place, Severity};

use super::bindings::{gives_cluster_role, subjects};
use super::rules::is_builtin;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "cluster-admin-binding",
    title: "cluster-admin is bound",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["ClusterRoleBinding"], |binding, findings| {
        if is_builtin(binding) {
            return findings.not_applicable();
        }
        if gives_cluster_role(binding, "cluster-admin") && subjects(binding).next().is_some() {
            findings
                .report(Place::whole(binding).at("roleRef/name"))
                .message(format!("ClusterRoleBinding \"{}\" makes cluster-admins", binding.name));
        }
    }),
};
