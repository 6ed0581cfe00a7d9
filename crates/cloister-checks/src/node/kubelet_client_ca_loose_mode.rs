//! # What it does
//! Finds nodes on which the authority of the kubelet's clients has a mode that gives more than
//! 644.
//!
//! # Why it matters
//! Whoever writes this file lets himself in: the kubelet runs commands in every pod for whomever
//! this authority names.
//!
//! # What to do
//! `chmod 644` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-client-ca-loose-mode",
    title: "The authority of the kubelet's clients can be written by others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::KubeletClientCa, 0o644)),
};
