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
//! GDPR Art. 5(1)(c), 5(1)(e), 32(1).

use cloister_model::{Place, Severity};

use super::settings::{personal_data, personal_message, personal_severity, texts, within};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-in-config-map",
    title: "a ConfigMap holds personal data",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["ConfigMap"], |resource, findings| {
        if texts(resource).next().is_none() {
            return findings.not_applicable();
        }
        for (key, node, text) in texts(resource) {
            let found = personal_data(key, text);
            let Some(first) = found.first() else { continue };
            let place = within(Place::of(resource, node), text, first);
            let message = personal_message(&format!("key \"{key}\""), &found);
            findings.report(place).message(message).severity(personal_severity(&found));
        }
    }),
};
