//! # What it does
//! Finds environment variables that one container sets more than once.
//!
//! # Why it matters
//! The last one counts: whoever reads or changes the first one, to turn
//! encryption on for instance, changes nothing.
//!
//! # What to do
//! Keep one of them.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `Container.env`.

use std::collections::HashSet;

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "duplicate-environment-variable",
    title: "environment variable is set more than once",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mut seen = HashSet::new();
        for (name, entry) in container.env() {
            if !seen.insert(name) {
                findings
                    .report(container.place(entry).at("name"))
                    .message(format!("container \"{}\" sets {name} more than once", container.name()));
            }
        }
    }),
};
