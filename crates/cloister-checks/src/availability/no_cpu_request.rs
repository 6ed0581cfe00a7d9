//! # What it does
//! Finds containers without a CPU request: neither their own, nor the pod's, nor a default
//! of their namespace.
//!
//! # Why it matters
//! Without a request the scheduler packs the node too full, and this pod gets what
//! is left over.
//!
//! # What to do
//! Set `resources.requests.cpu` to what the container needs to work.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{Wanted, judge};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-cpu-request",
    title: "container has no CPU request",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| judge(container, findings, &WANTED)),
};

const WANTED: Wanted = Wanted {
    list: "requests",
    name: "cpu",
    path: "resources/requests/cpu",
    says: "CPU request",
    fix: "resources:\n  requests:\n    cpu: 100m",
};
