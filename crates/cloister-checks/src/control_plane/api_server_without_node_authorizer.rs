//! # What it does
//! Finds API servers without the authorisation mode Node.
//!
//! # Why it matters
//! Nodes then need a role that reads every Secret; one node taken over opens them all.
//!
//! # What to do
//! Set `--authorization-mode=Node,RBAC`, or write `Node` and `RBAC` into the file that `--authorization-config` names.
//!
//! # References
//! CIS 1.2.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-node-authorizer",
    title: "API server does not limit nodes to their own objects",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        let inventory = findings.inventory();
        examine(API_SERVER, findings, |flags| flags.modes(inventory, |modes| modes.iter().any(|mode| mode == "Node")));
    }),
};
