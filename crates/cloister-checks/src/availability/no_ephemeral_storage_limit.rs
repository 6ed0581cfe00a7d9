//! # What it does
//! Finds containers that may fill their node's disk with logs, temporary files and
//! emptyDir volumes. A value of the pod or of a
//! LimitRange of the namespace counts.
//!
//! # Why it matters
//! A full disk evicts every pod of the node; and forgotten files with personal data
//! pile up without bounds.
//!
//! # What to do
//! Set `resources.limits.ephemeral-storage`.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Local ephemeral storage".

use cloister_model::Severity;

use super::resources::{self, Bound, Wanted};
use crate::{Check, Run};

const WANTED: Wanted = Wanted {
    bound: Bound::Limit,
    resource: "ephemeral-storage",
    path: "resources/limits/ephemeral-storage",
    example: "1Gi",
};

pub(crate) const CHECK: Check = Check {
    name: "no-ephemeral-storage-limit",
    title: "container has no limit of ephemeral storage",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| resources::judge(container, findings, &WANTED)),
};
