//! # What it does
//! Finds nodes on which the kubeconfig of the scheduler belongs to another user or group than
//! root.
//!
//! # Why it matters
//! The key in this file places pods onto nodes in the name of the scheduler.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.16. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-kubeconfig-foreign-owner",
    title: "The kubeconfig of the scheduler does not belong to root",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-scheduler")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::SchedulerKubeconfig)),
};
