//! # What it does
//! Finds rules that allow port forwarding (create or get on `pods/portforward`).
//!
//! # Why it matters
//! A forwarded port passes by every NetworkPolicy and Ingress: the database answers on
//! a laptop.
//!
//! # What to do
//! Take the right away, or give it in a namespace that holds no personal data.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(4).

use cloister_model::Severity;

use super::rights::{ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "pods/portforward")];

pub(crate) const CHECK: Check = Check {
    name: "role-port-forwards",
    title: "role forwards ports of pods",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, &["create", "get"]);
    }),
};
