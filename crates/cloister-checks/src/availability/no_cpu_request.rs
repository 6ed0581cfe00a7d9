//! # What it does
//! Finds containers without a CPU request: neither a request nor a limit, which
//! would be taken as one. A value of the pod or of a
//! LimitRange of the namespace counts.
//!
//! # Why it matters
//! Without a share of its own the container stands still when its neighbours are
//! busy, and autoscaling by CPU does not work.
//!
//! # What to do
//! Set `resources.requests.cpu` to what the container needs as a rule.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Pod Quality of Service Classes".

use cloister_model::Severity;

use super::resources::{self, Bound, Wanted};
use crate::{Check, Run};

const WANTED: Wanted =
    Wanted { bound: Bound::Request, resource: "cpu", path: "resources/requests/cpu", example: "100m" };

pub(crate) const CHECK: Check = Check {
    name: "no-cpu-request",
    title: "container has no CPU request",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| resources::judge(container, findings, &WANTED)),
};
