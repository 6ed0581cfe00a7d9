//! # What it does
//! Finds nodes on which the folder in which etcd stores has a mode that gives more than 700.
//!
//! # Why it matters
//! All objects of the cluster lie here, Secrets and personal data in custom resources with them.
//! Whoever reads the folder needs no role.
//!
//! # What to do
//! `chmod 700` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.11. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-data-loose-mode",
    title: "The folder in which etcd stores is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("etcd")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::EtcdData, 0o700)),
};
