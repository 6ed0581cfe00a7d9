//! # What it does
//! Finds API servers whose audit log rotates below 100 MB, or that leave the size to
//! the default.
//!
//! # Why it matters
//! Small files and a limited number of them keep only hours of a busy cluster.
//!
//! # What to do
//! Set `--audit-log-maxsize=100`.
//!
//! # References
//! CIS 1.2.19. GDPR Art. 5(2).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-log-small-files",
    title: "audit logs rotate before they hold 100 MB",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.audit_log_at_least("--audit-log-maxsize", 100));
    }),
};
