//! # What it does
//! Finds controller managers that serve health and metrics on more than loopback; all
//! addresses are the default.
//!
//! # Why it matters
//! Whoever reaches the node learns what runs in the cluster.
//!
//! # What to do
//! Set `--bind-address=127.0.0.1`.
//!
//! # References
//! CIS 1.3.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-listens-widely",
    title: "controller manager listens on every address",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| flags.loopback("--bind-address"));
    }),
};
