//! # What it does
//! Finds containers without a limit for ephemeral storage: neither their own, nor the pod's, nor a default
//! of their namespace.
//!
//! # Why it matters
//! A container that fills the node's disk with logs or temporary files makes the
//! kubelet evict its neighbours.
//!
//! # What to do
//! Set `resources.limits.ephemeral-storage` to what the container needs at its peak.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{Wanted, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-ephemeral-storage-limit",
    title: "container has no limit for ephemeral storage",
    severity: Severity::Info,
    needs: &[],
    run: Run::Container(|container, findings| judge(container, findings, &WANTED)),
};

const WANTED: Wanted = Wanted {
    list: "limits",
    name: "ephemeral-storage",
    path: "resources/limits/ephemeral-storage",
    says: "limit for ephemeral storage",
    fix: "resources:\n  limits:\n    ephemeral-storage: 1Gi",
};
