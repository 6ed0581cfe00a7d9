//! # What it does
//! Finds API servers with profiling on, which is the default.
//!
//! # Why it matters
//! Profiles show an attacker how the program works and what it is doing, and cost it
//! time.
//!
//! # What to do
//! Set `--profiling=false`.
//!
//! # References
//! CIS 1.2.15. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-profiling",
    title: "API server serves profiles of itself",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.switch("--profiling", false));
    }),
};
