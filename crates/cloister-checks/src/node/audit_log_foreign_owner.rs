//! # What it does
//! Finds nodes on which the audit log belongs to somebody else than root, or than the user that the API server runs as.
//!
//! # Why it matters
//! Whoever owns the log can change it: it proves nothing against them.
//!
//! # What to do
//! Give the file back to the user of the API server (`chown root:root`).
//!
//! # References
//! PCI DSS 10.3.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::{Facts, Role};

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-log-foreign-owner",
    title: "The audit log belongs to somebody else than the API server",
    severity: Severity::Medium,
    needs: &[Need::NodeOf("kube-apiserver")],
    run: Run::Resource(FACTS, |resource, findings| {
        let facts = Facts::of(resource);
        let server = facts.and_then(|facts| facts.processes().find(|it| it.program() == "kube-apiserver")?.uid());
        files::each(resource, findings, Role::AuditLog, |file, findings| {
            let foreign = file.uid().is_some_and(|uid| uid != 0 && Some(uid) != server);
            if !foreign {
                return;
            }
            findings.report(file.at("uid")).message(format!("{} belongs to {}", file.path(), file.owners()));
        });
    }),
};
