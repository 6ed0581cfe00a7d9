//! # What it does
//! Finds API servers whose authorisation modes include AlwaysAllow, which is also what
//! they do without any mode.
//!
//! # Why it matters
//! Every identity may do everything; no role and no binding counts.
//!
//! # What to do
//! Set `--authorization-mode=Node,RBAC`, or write `Node` and `RBAC` into the file that `--authorization-config` names.
//!
//! # References
//! CIS 1.2.6. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-allows-everything",
    title: "API server allows every request",
    severity: Severity::Critical,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        let inventory = findings.inventory();
        examine(API_SERVER, findings, |flags| {
            flags.modes(inventory, |modes| !modes.is_empty() && !modes.iter().any(|mode| mode == "AlwaysAllow"))
        });
    }),
};
