//! # What it does
//! Finds containers without a memory limit. A value of the pod or of a
//! LimitRange of the namespace counts.
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

use super::resources::{self, Bound, Wanted};
use crate::{Check, Run};

const WANTED: Wanted =
    Wanted { bound: Bound::Limit, resource: "memory", path: "resources/limits/memory", example: "256Mi" };

pub(crate) const CHECK: Check = Check {
    name: "no-memory-limit",
    title: "container has no memory limit",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| resources::judge(container, findings, &WANTED)),
};
