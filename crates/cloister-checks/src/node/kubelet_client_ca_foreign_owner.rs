//! # What it does
//! Finds nodes on which the authority of the kubelet's clients belongs to another user or group
//! than root.
//!
//! # Why it matters
//! Whoever writes this file lets himself in: the kubelet runs commands in every pod for whomever
//! this authority names.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.8. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-client-ca-foreign-owner",
    title: "The authority of the kubelet's clients does not belong to root",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::KubeletClientCa)),
};
