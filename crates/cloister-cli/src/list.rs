//! `cloister list checks|frameworks`.

use std::fmt::Write;
use std::process::ExitCode;

use cloister_assessment::all_entries;
use cloister_frameworks::{Framework, builtin};
use serde_json::{Value, json};

use crate::args::{List, Listed};
use crate::columns::described;
use crate::output::print;
use crate::terminal::Terminal;

/// Lists, for people or for machines.
pub fn run(list: &List, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let text = match (list.what, list.json) {
        (Listed::Checks, false) => checks(terminal.window()),
        (Listed::Frameworks, false) => frameworks(terminal.window()),
        (Listed::Checks, true) => format!("{:#}\n", checks_json()),
        (Listed::Frameworks, true) => format!("{:#}\n", frameworks_json()),
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Where titles of checks begin, so that nearly every name fits before them.
const TITLES: usize = 49;

fn checks(window: Option<usize>) -> String {
    let mut text = String::new();
    let mut family = None;
    for entry in all_entries() {
        if family != Some(entry.family) {
            family = Some(entry.family);
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{gap}{}", entry.family.title());
        }
        let check = entry.check;
        let lead = format!("  {:8}  {} ", check.severity.as_str(), check.name);
        text.push_str(&described(&lead, TITLES, check.title, window));
    }
    let _ = writeln!(text, "\n{} checks. `cloister explain NAME` tells more of one.", all_entries().count());
    text
}

fn checks_json() -> Value {
    let check = |entry: &cloister_checks::Entry| {
        let docs = entry.docs();
        json!({
            "name": entry.check.name, "title": entry.check.title, "family": entry.family.folder(),
            "severity": entry.check.severity, "what": docs.what, "why": docs.why,
            "remediation": docs.remedy, "references": docs.references,
        })
    };
    all_entries().map(check).collect()
}

fn frameworks(window: Option<usize>) -> String {
    let mut text = String::new();
    for framework in builtin() {
        let lead = format!("  {:<15} {:>4} requirements  ", framework.name, framework.requirements.len());
        text.push_str(&described(&lead, lead.len(), &format!("{} {}", framework.title, framework.version), window));
    }
    text.push_str("\n`cloister explain \"gdpr 32(1)(a)\"` tells more of one requirement.\n");
    text
}

fn frameworks_json() -> Value {
    let requirements = |framework: &Framework| -> Value {
        let one = |requirement: &cloister_frameworks::Requirement| json!({"id": requirement.id, "title": requirement.title, "section": requirement.section, "checks": requirement.checks});
        framework.requirements.iter().map(one).collect()
    };
    builtin()
        .map(|framework| {
            json!({"name": framework.name, "title": framework.title, "version": framework.version, "requirements": requirements(framework)})
        })
        .collect()
}
