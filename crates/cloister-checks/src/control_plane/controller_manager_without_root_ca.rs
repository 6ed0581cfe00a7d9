//! # What it does
//! Finds controller managers without the authority that pods verify the API server by.
//!
//! # Why it matters
//! A pod that cannot verify whom it talks to gives its token to whoever answers.
//!
//! # What to do
//! Set `--root-ca-file`.
//!
//! # References
//! CIS 1.3.5. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-without-root-ca",
    title: "pods are not told which authority the API server has",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| flags.needs(&["--root-ca-file"]));
    }),
};
