//! # What it does
//! Finds RoleBindings by which a service account of another namespace can become any service account of this one, in
//! one step or more: by making or entering pods, by tokens, or by roles that it can widen.
//!
//! # Why it matters
//! A namespace is the border between purposes. Such a grant is no view across it but a way over it: whoever holds the
//! one namespace holds the other, with all that its workloads may read.
//!
//! # What to do
//! Run the workload in the namespace that it serves, or give it only what cannot run code or hand out tokens there.
//!
//! # References
//! CIS 5.1.1. GDPR Art. 5(1)(b), 32(1)(b).

use cloister_model::Severity;

use super::bindings::CLIMBED;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "cross-namespace-escalation",
    title: "a service account of another namespace takes over this one's",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(CLIMBED, |findings| {
        let climbs = findings.climbs();
        climbs.examine(climbs.guests, climbs.across.len(), findings);
        for climb in &climbs.across {
            let (who, namespace, way) = (&climb.who, climb.namespace, &climb.way);
            climb.report(findings, format!("{who} can become any of namespace \"{namespace}\": {way}"));
        }
    }),
};
