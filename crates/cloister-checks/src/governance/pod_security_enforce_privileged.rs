//! # What it does
//! Finds namespaces with `pod-security.kubernetes.io/enforce: privileged`.
//!
//! # Why it matters
//! The level `privileged` allows everything: pods that take the node, and with it the
//! data of all others there.
//!
//! # What to do
//! Enforce `baseline`; move what really needs the node into a namespace of its own,
//! with few people who may create pods there.
//!
//! # References
//! CIS 5.2.1. Pod Security Standards. GDPR Art. 25(1).

use cloister_model::Severity;

use super::admission::{LABELLED, enforced, namespaces};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pod-security-enforce-privileged",
    title: "namespace enforces nothing in particular",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(LABELLED, |findings| {
        for namespace in namespaces(findings.inventory()) {
            let Some((level, place)) = enforced(namespace) else { continue };
            if findings.examine(level == "privileged") {
                findings
                    .report(place)
                    .message(format!("namespace \"{}\" allows privileged pods", namespace.name))
                    .fix("pod-security.kubernetes.io/enforce: baseline");
            }
        }
    }),
};
