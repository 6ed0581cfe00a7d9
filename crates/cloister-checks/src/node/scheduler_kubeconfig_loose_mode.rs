//! # What it does
//! Finds nodes on which the kubeconfig of the scheduler has a mode that gives more than 600.
//!
//! # Why it matters
//! The key in this file places pods onto nodes in the name of the scheduler.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.15. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-kubeconfig-loose-mode",
    title: "The kubeconfig of the scheduler is open to others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-scheduler")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::SchedulerKubeconfig, 0o600)),
};
