//! # What it does
//! Reads the date in the name of the key that encrypts Secrets (`key-2025-03-01`), and
//! finds those of more than a year. Nothing else in the file shows a key's age: without
//! a date this is not evaluated.
//!
//! # Why it matters
//! A key that never changes decrypts every backup that was ever made, for everybody who
//! ever saw it.
//!
//! # What to do
//! Add a new key as the second, restart each API server, make it the first, restart,
//! write all Secrets anew, drop the old one. `cloister harden encryption-config` writes
//! the steps.
//!
//! # References
//! GDPR Art. 32(1)(a). PCI DSS 3.7.4.

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_model::Severity;

use super::at_rest::{KIND, NEEDS, each_configuration};
use crate::Check;

/// In days: what most rules about keys ask for.
const OLD: i32 = 366;

pub(crate) const CHECK: Check = Check {
    name: "encryption-key-old",
    title: "the key that encrypts Secrets has not changed for a year",
    severity: Severity::Medium,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let stored = configuration.stored(GroupResource::SECRETS);
        let Some(key) = stored.writer().and_then(|writer| writer.keys.first()) else {
            return findings.not_applicable();
        };
        let Some(made) = key.made() else {
            findings.untold(
                KIND,
                "the key's name has no date, and nothing else shows its age",
                "name keys after the day on which they are made: key-2026-03-01",
            );
            return findings.not_applicable();
        };
        let days = (findings.context().today - made).get_days();
        if days > OLD {
            findings
                .report(configuration.place(key.node).at("name"))
                .message(format!("the key \"{}\" encrypts Secrets for {days} days", key.name));
        }
    }),
};
