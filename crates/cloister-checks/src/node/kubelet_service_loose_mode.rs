//! # What it does
//! Finds nodes on which what the init system starts the kubelet by has a mode that gives more
//! than 600.
//!
//! # Why it matters
//! Whoever writes this file starts what he likes as root, and switches off what the kubelet asks
//! of its callers.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-service-loose-mode",
    title: "What the init system starts the kubelet by is open to others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::KubeletService, 0o600)),
};
