//! # What it does
//! Finds rules of audit policies that no request comes to: the rules before take all that they speak of, one alone or
//! several together.
//!
//! # Why it matters
//! The first rule that matches decides. A rule below a wider one reads as if it did something, and does nothing.
//!
//! # What to do
//! Move it above the rule that takes its requests, or take it away. `cloister audit policy explain` shows which rule
//! decides.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, "Auditing".

use cloister_audit::policy::AuditPolicy;
use cloister_model::Severity;

use super::audit::POLICIES;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-rule-unreachable",
    title: "no request comes to this rule of the audit policy",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(POLICIES, |resource, findings| {
        let policy = AuditPolicy::new(resource);
        for rule in policy.unreachable() {
            let level = rule.level();
            findings.report(policy.place(&rule)).message(format!(
                "no request comes to this rule ({level}): those before it take all that it speaks of"
            ));
        }
    }),
};
