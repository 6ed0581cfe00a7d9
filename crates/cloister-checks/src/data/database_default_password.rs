//! # What it does
//! Finds passwords from manuals (`postgres`, `changeme`) and passwords that repeat the
//! user name, in variables, arguments and connection URLs.
//!
//! # Why it matters
//! They are the first that an attacker tries: whoever reaches the port is in.
//!
//! # What to do
//! Make a random password, keep it in a Secret, and refer to it.
//!
//! # References
//! GDPR Art. 32(1)(b). CWE-1392.

use cloister_detect::{Telling, telling};
use cloister_model::Severity;

use super::stores::is_store;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "database-default-password",
    title: "a password that everybody knows",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        let speaks = settings.all().iter().any(|setting| telling(&setting.name) == Some(Telling::Password));
        let found: Vec<_> = settings
            .all()
            .iter()
            .filter(|setting| setting.credentials().any(|one| one.kind == "known-password"))
            .collect();
        if found.is_empty() && !speaks && !is_store(container, findings) {
            return findings.not_applicable();
        }
        for setting in found {
            let name = if setting.name.is_empty() { "an argument" } else { &*setting.name };
            findings.report(setting.place).message(format!(
                "container \"{}\": {name} holds a password that everybody tries first",
                container.name()
            ));
        }
    }),
};
