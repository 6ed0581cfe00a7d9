//! # What it does
//! Finds API servers that do not look whether the account of a token still exists.
//!
//! # Why it matters
//! Deleting an account, the natural answer to a leak, changes nothing: its tokens go on
//! working.
//!
//! # What to do
//! Remove `--service-account-lookup=false`.
//!
//! # References
//! CIS 1.2.21. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-accepts-deleted-tokens",
    title: "API server takes tokens of accounts that are gone",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.switch("--service-account-lookup", true));
    }),
};
