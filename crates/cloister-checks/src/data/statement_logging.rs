//! # What it does
//! Finds `log_statement=all` or `mod`, `log_min_duration_statement=0`, `general_log`,
//! MongoDB profiling level 2, and frameworks that print SQL.
//!
//! # Why it matters
//! Names, addresses and diagnoses stand in the statements; logs are kept, copied and
//! read by many who may not read the database (Art. 5(1)(c)).
//!
//! # What to do
//! Log slow statements only, without parameters, and for a limited time.
//!
//! # References
//! GDPR Art. 5(1)(c).

use cloister_model::Severity;

use super::settings::Setting;
use super::stores::is_store;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "statement-logging",
    title: "a database logs its statements, with the personal data in them",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        let settings = findings.settings(container);
        let found: Vec<_> = settings.all().iter().filter(|setting| logs_statements(setting)).collect();
        if found.is_empty() && !is_store(container, findings) {
            return findings.not_applicable();
        }
        for setting in found {
            findings.report(setting.place).message(format!(
                "container \"{}\" writes every statement to its log ({}={})",
                container.name(),
                setting.name,
                setting.value
            ));
        }
    }),
};

fn logs_statements(setting: &Setting<'_>) -> bool {
    let (name, value) = (setting.joined(), setting.lower());
    let yes = matches!(&*value, "1" | "on" | "true" | "yes");
    match name {
        "logstatement" | "postgresqllogstatement" => matches!(&*value, "all" | "mod"),
        "logmindurationstatement" => value == "0" || value == "0ms",
        "generallog" | "mysqlgenerallog" => yes || value.is_empty() || value.starts_with('-'),
        "profile" => value == "2",
        _ => yes && (name.ends_with("showsql") || name.ends_with("logsql")),
    }
}
