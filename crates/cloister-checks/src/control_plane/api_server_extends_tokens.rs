//! # What it does
//! Finds API servers that let the tokens in pods last a year, which is the default.
//!
//! # Why it matters
//! A token that leaks through a log or a backup opens the same doors a year long.
//!
//! # What to do
//! Set `--service-account-extend-token-expiration=false` once no old client warns.
//!
//! # References
//! CIS 1.2.30. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-extends-tokens",
    title: "API server extends service account tokens to a year",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.switch("--service-account-extend-token-expiration", false));
    }),
};
