//! # What it does
//! Finds containers without a memory limit: neither their own, nor the pod's, nor a default
//! of their namespace.
//!
//! # Why it matters
//! One container that leaks memory takes the whole node down, and every service
//! on it: availability is part of security.
//!
//! # What to do
//! Set `resources.limits.memory` to what the container needs at its peak.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{Wanted, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-memory-limit",
    title: "container has no memory limit",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| judge(container, findings, &WANTED)),
};

const WANTED: Wanted = Wanted {
    list: "limits",
    name: "memory",
    path: "resources/limits/memory",
    says: "memory limit",
    fix: "resources:\n  limits:\n    memory: 256Mi",
};
