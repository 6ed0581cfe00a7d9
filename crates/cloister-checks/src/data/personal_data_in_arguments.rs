//! # What it does
//! Finds personal data in `command` and `args`. Values are never shown.
//!
//! # Why it matters
//! Workloads are shown to everybody who may list them, and their manifests are kept in
//! repositories for ever, where no request for erasure reaches them.
//!
//! # What to do
//! Keep data about people in a store that the register knows, and pass a reference to
//! it.
//!
//! # References
//! GDPR Art. 5(1)(c), 32(1)(a).

use cloister_model::Severity;

use super::recognised::{personal_message, personal_severity};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-in-arguments",
    title: "a command line holds personal data",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        if settings.arguments().is_empty() {
            return findings.not_applicable();
        }
        for setting in settings.arguments() {
            let found = setting.personal_data();
            if found.is_empty() {
                continue;
            }
            let subject =
                format!("container \"{}\": argument \"{}\"", container.name(), cloister_detect::mask(&setting.name));
            let message = personal_message(&subject, &found);
            findings.report(setting.place).message(message).severity(personal_severity(&found));
        }
    }),
};
