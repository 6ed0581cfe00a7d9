//! # What it does
//! Finds containers without a memory request: neither a request nor a limit, which
//! would be taken as one. A value of the pod or of a
//! LimitRange of the namespace counts.
//!
//! # Why it matters
//! The scheduler puts such a pod onto a node that has no room for it, and it is
//! the first to be killed when memory runs out.
//!
//! # What to do
//! Set `resources.requests.memory` to what the container needs as a rule.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Pod Quality of Service Classes".

use cloister_model::Severity;

use super::resources::{self, Bound, Wanted};
use crate::{Check, Run};

const WANTED: Wanted =
    Wanted { bound: Bound::Request, resource: "memory", path: "resources/requests/memory", example: "128Mi" };

pub(crate) const CHECK: Check = Check {
    name: "no-memory-request",
    title: "container has no memory request",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| resources::judge(container, findings, &WANTED)),
};
