//! # What it does
//! Finds nodes on which the kubeconfig of the administrator has a mode that gives more than 600.
//!
//! # Why it matters
//! The key in this file opens the whole cluster, past every role.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.13. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "admin-kubeconfig-loose-mode",
    title: "The kubeconfig of the administrator is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::AdminKubeconfig, 0o600)),
};
