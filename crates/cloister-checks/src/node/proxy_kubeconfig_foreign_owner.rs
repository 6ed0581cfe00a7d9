//! # What it does
//! Finds nodes on which the kubeconfig of kube-proxy belongs to another user or group than root.
//!
//! # Why it matters
//! The key in this file reads every Service and where its pods are.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.4. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "proxy-kubeconfig-foreign-owner",
    title: "The kubeconfig of kube-proxy does not belong to root",
    severity: Severity::Low,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::ProxyKubeconfig)),
};
