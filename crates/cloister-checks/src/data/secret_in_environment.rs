//! # What it does
//! Finds containers that get Secrets as environment variables, one by one or all at
//! once.
//!
//! # Why it matters
//! The environment is inherited by every child process, shown by crash reports and
//! debug pages, and does not change when the Secret does.
//!
//! # What to do
//! Mount the Secret as a read-only file and let the program read it there, for example
//! by a variable that ends in `_FILE`.
//!
//! # References
//! CIS Kubernetes Benchmark 5.4.1. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-in-environment",
    title: "a Secret is passed as an environment variable",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let single = container.env().filter_map(|(_, entry)| entry.at("valueFrom/secretKeyRef"));
        let whole = container.node.items_at("envFrom").iter().filter_map(|entry| entry.get("secretRef"));
        for node in single.chain(whole) {
            let name = node.str_at("name").unwrap_or("");
            findings
                .report(container.place(node.get("name").unwrap_or(node)))
                .message(format!("container \"{}\" gets Secret \"{name}\" as environment variables", container.name()));
        }
    }),
};
