//! # What it does
//! Finds log levels of debug or trace in the environment and in arguments.
//!
//! # Why it matters
//! At that level programs print requests, headers and records, with the personal data
//! and the tokens in them (Art. 5(1)(c)).
//!
//! # What to do
//! Log at `info` or `warn` in production; raise the level for a short time, for one
//! workload.
//!
//! # References
//! GDPR Art. 5(1)(c). CWE-532.

use cloister_model::Severity;

use super::settings::Setting;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "debug-logging",
    title: "a container logs at the level of debugging",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        let levels: Vec<_> = settings.all().iter().filter(|setting| is_level(setting.joined())).collect();
        if levels.is_empty() {
            return findings.not_applicable();
        }
        for setting in levels.into_iter().filter(|setting| is_debug(setting)) {
            findings
                .report(setting.place)
                .message(format!(
                    "container \"{}\" logs at the level \"{}\" ({})",
                    container.name(),
                    setting.value,
                    setting.name
                ))
                .fix("info");
        }
    }),
};

fn is_level(name: &str) -> bool {
    ["loglevel", "logginglevel", "loglvl", "loggerlevel", "rustlog", "verbosity"]
        .iter()
        .any(|level| name.ends_with(level))
        || name.starts_with("logginglevel")
}

fn is_debug(setting: &Setting<'_>) -> bool {
    matches!(&*setting.lower(), "debug" | "trace" | "all" | "verbose" | "silly" | "finest")
}
