//! # What it does
//! Finds nodes on which the static pod manifest of the scheduler has a mode that gives more than
//! 600.
//!
//! # Why it matters
//! Whoever writes this file runs what he likes on a control plane node, as root if need be.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.5. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-manifest-loose-mode",
    title: "The static pod manifest of the scheduler is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-scheduler")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::SchedulerManifest, 0o600)),
};
