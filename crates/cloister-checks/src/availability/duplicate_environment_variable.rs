//! # What it does
//! Finds environment variables that a container sets twice.
//!
//! # Why it matters
//! Only the last one counts: a safe setting above it is a setting on paper.
//!
//! # What to do
//! Remove one of them.
//!
//! # References
//! GDPR Art. 32(1)(b).

use std::collections::BTreeSet;

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "duplicate-environment-variable",
    title: "environment variable is set twice",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let mut seen = BTreeSet::new();
        for (name, entry) in container.env() {
            if !seen.insert(name) {
                let says = format!("container \"{}\" sets {name} twice; the last one counts", container.name());
                findings.report(container.place(entry)).message(says);
            }
        }
        if seen.is_empty() {
            findings.not_applicable();
        }
    }),
};
