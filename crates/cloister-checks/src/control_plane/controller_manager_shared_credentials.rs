//! # What it does
//! Finds controller managers whose controllers have no accounts of their own.
//!
//! # Why it matters
//! Each controller then holds the rights of all of them, and the audit log cannot tell
//! them apart.
//!
//! # What to do
//! Set `--use-service-account-credentials=true`.
//!
//! # References
//! CIS 1.3.3. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-shared-credentials",
    title: "all controllers work with the same credentials",
    severity: Severity::Medium,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| flags.switch("--use-service-account-credentials", true));
    }),
};
