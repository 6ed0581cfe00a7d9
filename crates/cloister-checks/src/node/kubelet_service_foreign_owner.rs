//! # What it does
//! Finds nodes on which what the init system starts the kubelet by belongs to another user or
//! group than root.
//!
//! # Why it matters
//! Whoever writes this file starts what he likes as root, and switches off what the kubelet asks
//! of its callers.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 4.1.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-service-foreign-owner",
    title: "What the init system starts the kubelet by does not belong to root",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::KubeletService)),
};
