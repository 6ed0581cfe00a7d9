//! # What it does
//! Finds API servers whose audit log is removed earlier than after 30 days, or by
//! number alone.
//!
//! # Why it matters
//! Breaches are often found weeks later; what shows their extent is gone by then.
//!
//! # What to do
//! Set `--audit-log-maxage=30` or more, and write the limit into the register: the log
//! holds personal data too.
//!
//! # References
//! CIS 1.2.17. GDPR Art. 5(2), 33(1).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-log-kept-briefly",
    title: "audit log is not kept for 30 days",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.audit_log_at_least("--audit-log-maxage", 30));
    }),
};
