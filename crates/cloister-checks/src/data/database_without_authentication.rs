//! # What it does
//! Finds settings that let a database or a queue take connections without
//! authentication, such as `trust`, `ALLOW_EMPTY_PASSWORD` and `--noauth`.
//!
//! # Why it matters
//! Whoever reaches the port reads and changes every record in it.
//!
//! # What to do
//! Take the setting away, set a password from a Secret, and let only the pods that need
//! it reach the port.
//!
//! # References
//! GDPR Art. 32(1)(b). CWE-306.

use cloister_model::Severity;

use super::settings::Setting;
use super::stores::is_store;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "database-without-authentication",
    title: "a database takes connections without a password",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Container(|container, findings| {
        let store = is_store(container, findings);
        let settings = findings.settings(container);
        let found: Vec<_> = settings.all().iter().filter(|setting| is_open(setting, store)).collect();
        if found.is_empty() && !store {
            return findings.not_applicable();
        }
        for setting in found {
            let value = if setting.value.is_empty() { String::new() } else { format!("={}", setting.value) };
            let finding = findings.report(setting.place).message(format!(
                "container \"{}\" takes everybody in without a password ({}{value})",
                container.name(),
                setting.name
            ));
            if let Some(instead) = instead(setting, container.image()) {
                finding.fix(instead);
            }
        }
    }),
};

fn is_open(setting: &Setting<'_>, store: bool) -> bool {
    let (name, value) = (setting.joined(), setting.lower());
    let yes = matches!(&*value, "yes" | "true" | "1" | "on");
    let no = matches!(&*value, "no" | "false" | "0" | "off" | "none" | "disabled");
    let flag = value.is_empty() || yes || !value.contains('=') && !no;
    match name {
        "postgreshostauthmethod" => value == "trust",
        "mysqlallowemptypassword" | "mariadballowemptypassword" | "mariadballowemptyrootpassword" => {
            !value.is_empty() && !no
        }
        // Programs that are no store say so of the database they use.
        "allowemptypassword" | "allowanonymouslogin" | "allownonepassword" => yes && store,
        "noauth" | "skipgranttables" => flag && store,
        "protectedmode" => no,
        "authenticationenabled" => no && store,
        "xpacksecurityenabled" => no,
        "disablesecurityplugin" => yes,
        "neo4jauth" => value == "none",
        "pgauthmethod" => value == "trust",
        _ => false,
    }
}

/// What to write in the place of a variable; nothing for what has only to go.
fn instead(setting: &Setting<'_>, image: &str) -> Option<String> {
    let password = match setting.joined() {
        "postgreshostauthmethod" | "pgauthmethod" => "POSTGRES_PASSWORD",
        "mysqlallowemptypassword" => "MYSQL_ROOT_PASSWORD",
        "mariadballowemptypassword" | "mariadballowemptyrootpassword" => "MARIADB_ROOT_PASSWORD",
        "neo4jauth" => "NEO4J_AUTH",
        "allowemptypassword" => PASSWORDS.iter().find(|(program, _)| image.contains(program))?.1,
        _ => return None,
    };
    Some(format!("- name: {password}\n  valueFrom:\n    secretKeyRef: {{name: NAME, key: KEY}}"))
}

/// By what their images call themselves: the variable that holds the password, where `ALLOW_EMPTY_PASSWORD` does
/// without it.
const PASSWORDS: [(&str, &str); 5] = [
    ("redis", "REDIS_PASSWORD"),
    ("valkey", "VALKEY_PASSWORD"),
    ("mariadb", "MARIADB_ROOT_PASSWORD"),
    ("mysql", "MYSQL_ROOT_PASSWORD"),
    ("postgres", "POSTGRESQL_PASSWORD"),
];
