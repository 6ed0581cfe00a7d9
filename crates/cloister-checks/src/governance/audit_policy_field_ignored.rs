//! # What it does
//! Finds fields of audit policies that do not exist. The API server warns of them in its own log, and passes them over.
//!
//! # Why it matters
//! A condition that is passed over makes its rule wider: with `resource` in the place of `resources`, a rule for Secrets
//! is one for everything.
//!
//! # What to do
//! Write the field as the API has it.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, `LoadPolicyFromBytes`.

use cloister_audit::policy::AuditPolicy;
use cloister_model::Severity;

use super::audit::POLICIES;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-field-ignored",
    title: "API server passes over this field of the audit policy",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, |resource, findings| {
        for place in AuditPolicy::new(resource).ignored() {
            findings.report(place);
        }
    }),
};
