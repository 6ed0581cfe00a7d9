//! # What it does
//! Finds containers without a CPU limit. A value of the pod or of a
//! LimitRange of the namespace counts.
//!
//! # Why it matters
//! A container that runs wild, or mines for somebody else, slows down all others
//! on its node.
//!
//! # What to do
//! Set `resources.limits.cpu`, with room for peaks; where throttling hurts more
//! than neighbours do, accept this finding.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Resource policies".

use cloister_model::Severity;

use super::resources::{self, Bound, Wanted};
use crate::{Check, Run};

const WANTED: Wanted = Wanted { bound: Bound::Limit, resource: "cpu", path: "resources/limits/cpu", example: "500m" };

pub(crate) const CHECK: Check = Check {
    name: "no-cpu-limit",
    title: "container has no CPU limit",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| resources::judge(container, findings, &WANTED)),
};
