//! # What it does
//! Finds API servers without the plug-in NodeRestriction.
//!
//! # Why it matters
//! A node that was taken over can change labels and pods of the others, and draw
//! workloads with personal data to itself.
//!
//! # What to do
//! Add `NodeRestriction` to `--enable-admission-plugins`.
//!
//! # References
//! CIS 1.2.14. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-node-restriction",
    title: "API server lets each kubelet change other nodes",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_plugin("NodeRestriction"));
    }),
};
