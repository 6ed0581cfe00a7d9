//! # What it does
//! Finds containers without a memory request: neither their own, nor the pod's, nor a default
//! of their namespace.
//!
//! # Why it matters
//! Without a request the scheduler packs the node too full, and the kubelet evicts
//! this pod first when memory runs out.
//!
//! # What to do
//! Set `resources.requests.memory` to what the container needs to work.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{Wanted, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-memory-request",
    title: "container has no memory request",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| judge(container, findings, &WANTED)),
};

const WANTED: Wanted = Wanted {
    list: "requests",
    name: "memory",
    path: "resources/requests/memory",
    says: "memory request",
    fix: "resources:\n  requests:\n    memory: 128Mi",
};
