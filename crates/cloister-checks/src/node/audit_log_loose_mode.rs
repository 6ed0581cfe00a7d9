//! # What it does
//! Finds nodes on which the audit log has a mode that gives more than 600.
//!
//! # Why it matters
//! The log tells who did what, and may hold personal data; whoever writes to it removes their traces.
//!
//! # What to do
//! `chmod 600` the file: the API server makes it so by itself.
//!
//! # References
//! PCI DSS 10.3.1, 10.3.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Role;

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-log-loose-mode",
    title: "The audit log is open to others than its owner",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| files::mode(resource, findings, Role::AuditLog, 0o600)),
};
