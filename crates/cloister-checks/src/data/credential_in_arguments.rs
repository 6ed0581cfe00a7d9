//! # What it does
//! Finds passwords, keys and tokens in `command` and `args`, in scripts too.
//!
//! # Why it matters
//! Command lines are shown by every process listing on the node and by `kubectl
//! describe`, and end in logs.
//!
//! # What to do
//! Read the value from a mounted Secret, or from a variable that a Secret fills:
//! `--token=$(TOKEN)`.
//!
//! # References
//! GDPR Art. 32(1)(a) and (b). CWE-214.

use cloister_detect::Detection;
use cloister_model::{Place, Severity};

use super::recognised::{credentials, within};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "credential-in-arguments",
    title: "a command line holds a credential",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        if settings.arguments().is_empty() {
            return findings.not_applicable();
        }
        let mut found: Vec<(Place<'_>, String, Detection)> = Vec::new();
        for setting in settings.arguments() {
            let known = setting.credentials().next().cloned();
            let name = if setting.name.is_empty() { String::new() } else { format!(" \"{}\"", setting.name) };
            found.extend(known.map(|one| (setting.place, name, one)));
        }
        // A header in a script is more than one word: `-H "Authorization: Bearer …"`.
        for node in container.words() {
            let Some(text) = node.as_str().filter(|text| text.contains(char::is_whitespace)) else { continue };
            for one in credentials(text) {
                let place = within(container.place(node), text, &one);
                let told = |other: &Place<'_>| std::ptr::eq(other.node, node) && other.mark.line == place.mark.line;
                if !found.iter().any(|(other, ..)| told(other)) {
                    found.push((place, String::new(), one));
                }
            }
        }
        for (place, name, one) in found.into_iter().filter(|(_, _, one)| one.kind != "known-password") {
            findings.report(place).message(format!(
                "container \"{}\": the command line{name} holds {} ({})",
                container.name(),
                one.title,
                one.masked
            ));
        }
    }),
};
