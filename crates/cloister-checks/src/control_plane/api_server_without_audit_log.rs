//! # What it does
//! Finds API servers that write their audit log neither to a file nor to a webhook.
//!
//! # Why it matters
//! Nobody can tell afterwards who read or changed which personal data.
//!
//! # What to do
//! Set `--audit-log-path`, or `--audit-webhook-config-file`.
//!
//! # References
//! CIS 1.2.16. GDPR Art. 5(2), 33(1).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-audit-log",
    title: "API server writes no audit log",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            if flags.is_set("--audit-webhook-config-file") {
                return Verdict::Holds;
            }
            flags.needs(&["--audit-log-path"])
        });
    }),
};
