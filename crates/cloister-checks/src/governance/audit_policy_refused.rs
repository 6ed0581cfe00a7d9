//! # What it does
//! Finds audit policies with which the API server does not start: levels, stages, paths or groups that do not exist,
//! values of another type, no rules, another version than `audit.k8s.io/v1`.
//!
//! # Why it matters
//! The API server ends while it starts, at the next restart of the node at the latest; whoever needs it back takes the
//! policy away.
//!
//! # What to do
//! Mend the place that is named.
//!
//! # References
//! CIS 3.2.1. GDPR Art. 5(2), 32(1)(b). Kubernetes, `LoadPolicyFromBytes` and `ValidatePolicy`.

use cloister_audit::policy::AuditPolicy;
use cloister_model::Severity;

use super::audit::POLICIES;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-refused",
    title: "API server refuses the audit policy",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(POLICIES, |resource, findings| {
        for fault in AuditPolicy::new(resource).faults() {
            findings.report(fault.place).message(format!("the API server refuses the audit policy: {}", fault.says));
        }
    }),
};
