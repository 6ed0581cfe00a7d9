//! # What it does
//! Finds schedulers that serve health and metrics on more than loopback; all addresses
//! are the default.
//!
//! # Why it matters
//! Whoever reaches the node learns what runs in the cluster.
//!
//! # What to do
//! Set `--bind-address=127.0.0.1`.
//!
//! # References
//! CIS 1.4.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{PODS, SCHEDULER, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-listens-widely",
    title: "scheduler listens on every address",
    severity: Severity::Low,
    needs: &[Need::Program(SCHEDULER)],
    run: Run::Inventory(PODS, |findings| {
        examine(SCHEDULER, findings, |flags| flags.loopback("--bind-address"));
    }),
};
