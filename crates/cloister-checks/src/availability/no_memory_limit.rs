//! # What it does
//! Finds containers without a memory limit.
//!
//! # Why it matters
//! One container that leaks memory takes the whole node down, and every service
//! on it: availability is part of security (Art. 32(1)(b)).
//!
//! # What to do
//! Set `resources.limits.memory` to what the container needs at its peak.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-memory-limit",
    title: "container has no memory limit",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if !container.is_lasting() {
            return findings.not_applicable();
        }
        if container.at("resources/limits/memory").missing.is_empty() {
            return;
        }
        findings
            .report(container.at("resources/limits/memory"))
            .message(format!("container \"{}\" has no memory limit", container.name()))
            .fix("resources:\n  limits:\n    memory: 256Mi");
    }),
};
