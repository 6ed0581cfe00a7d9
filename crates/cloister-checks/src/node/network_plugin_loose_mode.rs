//! # What it does
//! Finds nodes on which configuration of the network plug-in has a mode that gives more than 600.
//!
//! # Why it matters
//! The kubelet runs the programs that these files name, as root, for every pod. Whoever writes
//! them owns the node, and decides where the traffic of pods goes.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.9. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "network-plugin-loose-mode",
    title: "Configuration of the network plug-in is open to others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::NetworkPlugin, 0o600)),
};
