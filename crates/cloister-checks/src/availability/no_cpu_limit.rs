//! # What it does
//! Finds containers without a CPU limit: neither their own, nor the pod's, nor a default
//! of their namespace.
//!
//! # Why it matters
//! One container in a busy loop, or one that mines coins for somebody else, slows
//! all others on its node.
//!
//! # What to do
//! Set `resources.limits.cpu` to what the container needs at its peak.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{Wanted, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-cpu-limit",
    title: "container has no CPU limit",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| judge(container, findings, &WANTED)),
};

const WANTED: Wanted = Wanted {
    list: "limits",
    name: "cpu",
    path: "resources/limits/cpu",
    says: "CPU limit",
    fix: "resources:\n  limits:\n    cpu: 500m",
};
