//! # What it does
//! Finds rules that allow update or patch on `pods/ephemeralcontainers`.
//!
//! # Why it matters
//! A debug container joins a running pod with an image of the attacker's choice; it
//! shares its network and can share its processes, and so reads what the pod reads.
//!
//! # What to do
//! Take the right away; give it for a limited time where somebody must debug.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4). Kubernetes, "Ephemeral Containers".

use cloister_model::Severity;

use super::rights::{CHANGES, ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "pods/ephemeralcontainers")];

pub(crate) const CHECK: Check = Check {
    name: "role-adds-ephemeral-containers",
    title: "role adds debug containers to running pods",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, CHANGES);
    }),
};
