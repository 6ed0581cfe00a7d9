//! # What it does
//! Finds nodes on which the static pod manifest of etcd belongs to another user or group than
//! root.
//!
//! # Why it matters
//! etcd holds every Secret and every object. Whoever writes its manifest takes it off its
//! certificates and reads all of it.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.8. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-manifest-foreign-owner",
    title: "The static pod manifest of etcd does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("etcd")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::EtcdManifest)),
};
