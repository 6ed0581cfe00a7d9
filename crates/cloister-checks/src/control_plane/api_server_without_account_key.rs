//! # What it does
//! Finds API servers that check tokens of service accounts with the key of their TLS
//! certificate.
//!
//! # Why it matters
//! The two cannot be rotated apart; a leak of one is a leak of both.
//!
//! # What to do
//! Set `--service-account-key-file`.
//!
//! # References
//! CIS 1.2.22. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-account-key",
    title: "API server has no separate key for service account tokens",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs(&["--service-account-key-file"]));
    }),
};
