//! # What it does
//! Finds API servers that keep fewer than ten rotated audit logs.
//!
//! # Why it matters
//! On a busy day, or when someone floods the log on purpose, rotation removes what an
//! investigation needs.
//!
//! # What to do
//! Set `--audit-log-maxbackup=10` or more. From 1.36 on the default is 100; before it was none, which
//! keeps them all until the disk is full.
//!
//! # References
//! CIS 1.2.18. GDPR Art. 5(2).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-log-few-backups",
    title: "fewer than ten old audit logs are kept",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.audit_log_at_least("--audit-log-maxbackup", 10));
    }),
};
