//! # What it does
//! Finds API servers that take tokens from a file.
//!
//! # Why it matters
//! The tokens lie in the clear on the node, never expire, and change only with a
//! restart.
//!
//! # What to do
//! Remove `--token-auth-file`; use OpenID Connect for people and service accounts for
//! programs.
//!
//! # References
//! CIS 1.2.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-static-tokens",
    title: "API server takes tokens from a static file",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.forbids("--token-auth-file"));
    }),
};
