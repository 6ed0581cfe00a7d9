//! # What it does
//! Finds Secrets that containers receive as environment variables.
//!
//! # Why it matters
//! The environment is seen by every child process, printed by crash reports and debug
//! pages, and does not change when the Secret is rotated.
//!
//! # What to do
//! Mount the Secret as a file, and let the program read it.
//!
//! # References
//! CIS 5.4.1. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-in-environment",
    title: "Secret is given as an environment variable",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mut given = false;
        for (name, entry) in container.env() {
            if let Some(reference) = entry.at("valueFrom/secretKeyRef") {
                given = true;
                let says = format!("container \"{}\" gets a Secret as the variable {name}", container.name());
                findings.report(container.place(reference)).message(says);
            }
        }
        for source in container.node.items_at("envFrom") {
            if let Some(reference) = source.get("secretRef") {
                given = true;
                let says = format!("container \"{}\" gets a whole Secret as variables", container.name());
                findings.report(container.place(reference)).message(says);
            }
        }
        let mounts = container.pod.volumes().iter().any(|volume| volume.get("secret").is_some());
        if !given && !mounts {
            findings.not_applicable();
        }
    }),
};
