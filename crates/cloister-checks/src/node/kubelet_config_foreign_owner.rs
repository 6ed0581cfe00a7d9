//! # What it does
//! Finds nodes on which the configuration of the kubelet belongs to another user or group than
//! root.
//!
//! # Why it matters
//! Whoever writes this file switches off what the kubelet asks of its callers; whoever reads it
//! learns where that is missing.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.10. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-config-foreign-owner",
    title: "The configuration of the kubelet does not belong to root",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::KubeletConfig)),
};
