//! # What it does
//! Finds nodes on which the kubeconfig of the kubelet belongs to another user or group than root.
//!
//! # Why it matters
//! The key in this file acts as the node: it reads the Secrets of every pod there.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.6. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-kubeconfig-foreign-owner",
    title: "The kubeconfig of the kubelet does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::KubeletKubeconfig)),
};
