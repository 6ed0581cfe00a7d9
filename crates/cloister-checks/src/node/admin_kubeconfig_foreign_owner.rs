//! # What it does
//! Finds nodes on which the kubeconfig of the administrator belongs to another user or group than
//! root.
//!
//! # Why it matters
//! The key in this file opens the whole cluster, past every role.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.14. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "admin-kubeconfig-foreign-owner",
    title: "The kubeconfig of the administrator does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::AdminKubeconfig)),
};
