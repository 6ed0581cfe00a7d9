//! # What it does
//! Finds schedulers with profiling on, which is the default.
//!
//! # Why it matters
//! Profiles show an attacker how the program works and what it is doing, and cost it
//! time.
//!
//! # What to do
//! Set `--profiling=false`.
//!
//! # References
//! CIS 1.4.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{PODS, SCHEDULER, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-profiling",
    title: "scheduler serves profiles of itself",
    severity: Severity::Low,
    needs: &[Need::Program(SCHEDULER)],
    run: Run::Inventory(PODS, |findings| {
        examine(SCHEDULER, findings, |flags| flags.switch("--profiling", false));
    }),
};
