//! # What it does
//! Finds nodes on which the kubeconfig of kube-proxy has a mode that gives more than 600.
//!
//! # Why it matters
//! The key in this file reads every Service and where its pods are.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "proxy-kubeconfig-loose-mode",
    title: "The kubeconfig of kube-proxy is open to others than its owner",
    severity: Severity::Low,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::ProxyKubeconfig, 0o600)),
};
