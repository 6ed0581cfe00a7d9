//! # What it does
//! Finds nodes on which the kubeconfig of the controller manager has a mode that gives more than
//! 600.
//!
//! # Why it matters
//! The key in this file reads every Secret and makes tokens for service accounts.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.17. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-kubeconfig-loose-mode",
    title: "The kubeconfig of the controller manager is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-controller-manager")],
    run: Run::Resource(FACTS, |resource, findings| {
        files::mode(resource, findings, Role::ControllerManagerKubeconfig, 0o600)
    }),
};
