//! # What it does
//! Finds nodes on which configuration of the network plug-in belongs to another user or group
//! than root.
//!
//! # Why it matters
//! The kubelet runs the programs that these files name, as root, for every pod. Whoever writes
//! them owns the node, and decides where the traffic of pods goes.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.10. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "network-plugin-foreign-owner",
    title: "Configuration of the network plug-in does not belong to root",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::NetworkPlugin)),
};
