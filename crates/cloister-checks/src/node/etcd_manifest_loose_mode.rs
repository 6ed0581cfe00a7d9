//! # What it does
//! Finds nodes on which the static pod manifest of etcd has a mode that gives more than 600.
//!
//! # Why it matters
//! etcd holds every Secret and every object. Whoever writes its manifest takes it off its
//! certificates and reads all of it.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-manifest-loose-mode",
    title: "The static pod manifest of etcd is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("etcd")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::EtcdManifest, 0o600)),
};
