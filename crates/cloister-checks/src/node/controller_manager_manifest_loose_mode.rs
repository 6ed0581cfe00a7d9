//! # What it does
//! Finds nodes on which the static pod manifest of the controller manager has a mode that gives
//! more than 600.
//!
//! # Why it matters
//! The controller manager signs certificates and tokens. Whoever writes its manifest signs with
//! it.
//!
//! # What to do
//! `chmod 600` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-manifest-loose-mode",
    title: "The static pod manifest of the controller manager is open to others than its owner",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-controller-manager")],
    run: Run::Resource(FACTS, |resource, findings| {
        files::mode(resource, findings, Role::ControllerManagerManifest, 0o600)
    }),
};
