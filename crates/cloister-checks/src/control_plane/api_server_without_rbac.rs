//! # What it does
//! Finds API servers without the authorisation mode RBAC.
//!
//! # Why it matters
//! Roles and bindings mean nothing there, however well they are written.
//!
//! # What to do
//! Set `--authorization-mode=Node,RBAC`, or write `Node` and `RBAC` into the file that `--authorization-config` names.
//!
//! # References
//! CIS 1.2.8. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-rbac",
    title: "API server does not ask roles and bindings",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        let inventory = findings.inventory();
        examine(API_SERVER, findings, |flags| flags.modes(inventory, |modes| modes.iter().any(|mode| mode == "RBAC")));
    }),
};
