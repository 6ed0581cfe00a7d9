//! # What it does
//! Finds controller managers with profiling on, which is the default.
//!
//! # Why it matters
//! Profiles show an attacker how the program works and what it is doing, and cost it
//! time.
//!
//! # What to do
//! Set `--profiling=false`.
//!
//! # References
//! CIS 1.3.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-profiling",
    title: "controller manager serves profiles of itself",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| flags.switch("--profiling", false));
    }),
};
