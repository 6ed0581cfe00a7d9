//! # What it does
//! Finds personal data in ConfigMaps: addresses of persons, telephone numbers, bank
//! accounts, payment cards, national and health numbers, names and dates of birth in
//! fields called so. Values are never shown.
//!
//! # Why it matters
//! Configuration is copied to repositories, backups and consoles, is kept for ever, and
//! no request for erasure reaches it (Art. 5(1)(c) and (e), 17).
//!
//! # What to do
//! Keep data about people in a store that the register knows; in examples use invented
//! people at `example.org`.
//!
//! # References
//! GDPR Art. 5(1)(c), 32(1)(a).

use cloister_model::Severity;

use super::recognised::{personal_message, personal_severity};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-in-config-map",
    title: "a ConfigMap holds personal data",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        let texts = findings.texts(resource);
        if texts.is_empty() {
            return findings.not_applicable();
        }
        for text in texts.iter() {
            let found = text.personal_data();
            let Some(first) = found.first() else { continue };
            let message = personal_message(&format!("key \"{}\"", text.key), &found);
            findings.report(text.place_of(first)).message(message).severity(personal_severity(&found));
        }
    }),
};
