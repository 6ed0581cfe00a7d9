//! # What it does
//! Finds nodes on which the static pod manifest of the API server has a mode that gives more than
//! 600.
//!
//! # Why it matters
//! Whoever writes this file decides how the API server starts: without authentication, or with a
//! volume that gives the node away. Whoever reads it learns how to reach it.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-manifest-loose-mode",
    title: "The static pod manifest of the API server is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::ApiServerManifest, 0o600)),
};
