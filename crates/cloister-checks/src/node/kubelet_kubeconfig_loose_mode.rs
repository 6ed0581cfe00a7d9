//! # What it does
//! Finds nodes on which the kubeconfig of the kubelet has a mode that gives more than 600.
//!
//! # Why it matters
//! The key in this file acts as the node: it reads the Secrets of every pod there.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.5. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-kubeconfig-loose-mode",
    title: "The kubeconfig of the kubelet is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::KubeletKubeconfig, 0o600)),
};
