//! # What it does
//! Finds containers that start programs with `sudo`.
//!
//! # Why it matters
//! The image has a way to become root without a password, for the application as
//! for whoever breaks into it.
//!
//! # What to do
//! Run as the user that the work needs, and leave `sudo` out of the image.
//!
//! # References
//! GDPR Art. 32(1)(b). Only the place of a program counts: `apk add sudo` is not reported.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "sudo-in-command",
    title: "container starts a program with sudo",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.words().next().is_none() {
            return findings.not_applicable();
        }
        let commands = findings.commands(container);
        if let Some(command) = commands.iter().find(|command| matches!(command.program(), "sudo" | "doas")) {
            findings.report(command.place(container)).message(format!(
                "container \"{}\" starts a program with {}",
                container.name(),
                command.program()
            ));
        }
    }),
};
