//! # What it does
//! Finds the key that encrypts Secrets where it is older than a year: by the date in its
//! name (`key-2025-03-01`), or, in facts of a node, since its file has not changed for as
//! long. A file that changed lately says nothing of its keys, so that a key without a
//! date in its name is then not evaluated; neither is one that a KMS plug-in holds.
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

use cloister_encryption::at_rest::{Configuration, GroupResource, Kind, Since};
use cloister_model::Severity;

use super::at_rest::{File, KIND, NEEDS, each_configuration};
use crate::{Check, Findings};

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
        let Some(writer) = stored.writer().filter(|_| stored.is_encrypted()) else {
            return findings.not_applicable();
        };
        if matches!(writer.kind, Kind::Kms { .. }) {
            return untold(findings, "the key is held by a KMS plug-in", "attest to how often the key store renews it");
        }
        let Some(key) = writer.keys.first() else { return findings.not_applicable() };
        let file = File::of(resource, findings);
        let today = findings.today();
        // Facts tell of the day on which they were collected: the key may have been changed since.
        let days = |since| match since {
            Since::Name(day) => (today - day).get_days(),
            Since::File(day) => (file.seen - day).get_days(),
        };
        let since = key.since(file.changed);
        match since {
            Some(since) if days(since) > OLD => {
                let (days, name) = (days(since), key.name);
                let how =
                    if matches!(since, Since::File(_)) { "at least, as its file is unchanged" } else { "by its name" };
                let message = format!("the key \"{name}\" encrypts Secrets for {days} days ({how})");
                findings.report(configuration.place(key.node).at("name")).message(message);
            }
            // A name is believed, unless the file shows that the key is older.
            _ if key.made().is_some() => {}
            Some(_) => untold(
                findings,
                "the key's name has no date, and that its file changed lately says nothing of it",
                NAME,
            ),
            None => untold(findings, "the key's name has no date, and nothing else shows its age", NAME),
        }
    }),
};

const NAME: &str = "name keys after the day on which they are made: key-2026-03-01";

fn untold(findings: &mut Findings<'_>, why: &str, way_out: &str) {
    findings.untold(KIND, why, way_out);
    findings.not_applicable();
}
