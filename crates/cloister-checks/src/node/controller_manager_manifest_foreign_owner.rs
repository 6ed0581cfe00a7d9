//! # What it does
//! Finds nodes on which the static pod manifest of the controller manager belongs to another user
//! or group than root.
//!
//! # Why it matters
//! The controller manager signs certificates and tokens. Whoever writes its manifest signs with
//! it.
//!
//! # What to do
//! `chown root:root` the file, and find out what changed it.
//!
//! # References
//! CIS 1.1.4. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-manifest-foreign-owner",
    title: "The static pod manifest of the controller manager does not belong to root",
    severity: Severity::High,
    needs: &[Need::NodeOf("kube-controller-manager")],
    run: Run::Resource(FACTS, |resource, findings| files::owner(resource, findings, Role::ControllerManagerManifest)),
};
