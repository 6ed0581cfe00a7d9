//! # What it does
//! Finds nodes on which the static pod manifest of the scheduler belongs to another user or group
//! than root.
//!
//! # Why it matters
//! Whoever writes this file runs what he likes on a control plane node, as root if need be.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.6. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-manifest-foreign-owner",
    title: "The static pod manifest of the scheduler does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-scheduler")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::SchedulerManifest)),
};
