//! # What it does
//! Finds nodes on which the kubeconfig of the controller manager belongs to another user or group
//! than root.
//!
//! # Why it matters
//! The key in this file reads every Secret and makes tokens for service accounts.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.18. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-kubeconfig-foreign-owner",
    title: "The kubeconfig of the controller manager does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-controller-manager")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::ControllerManagerKubeconfig)),
};
