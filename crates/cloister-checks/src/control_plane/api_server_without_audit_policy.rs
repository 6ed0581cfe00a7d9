//! # What it does
//! Finds API servers that are given no audit policy.
//!
//! # Why it matters
//! Without a policy nothing is recorded, wherever the log would go.
//!
//! # What to do
//! Write a Policy of `audit.k8s.io/v1`, and name its file in `--audit-policy-file`.
//!
//! # References
//! CIS 3.2.1. GDPR Art. 5(2), 33(1).

use cloister_model::Severity;
use cloister_node::Role;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-audit-policy",
    title: "API server has no audit policy",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_file("--audit-policy-file", Role::AuditPolicy));
    }),
};
