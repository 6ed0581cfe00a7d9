//! # What it does
//! Finds nodes on which the configuration of the kubelet has a mode that gives more than 600.
//!
//! # Why it matters
//! Whoever writes this file switches off what the kubelet asks of its callers; whoever reads it
//! learns where that is missing.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.9. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-config-loose-mode",
    title: "The configuration of the kubelet is open to others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::KubeletConfig, 0o600)),
};
