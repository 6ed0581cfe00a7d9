//! `cloister audit rules`: rules over audit events, listed and tried.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use cloister_model::{Diagnostic, Severity};
use cloister_rules::fixture::{Case, prove};
use cloister_rules::{Rule, Rules};
use cloister_source::{missing, without_number};
use serde_json::{Value, json};

use super::args::{RulesList, RulesTest};
use crate::output::print;
use crate::table::{Format, Table, indented};
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;

/// A larger file holds no rules.
const MOST: u64 = 1 << 20;

/// Rules of these files, and those of the program.
pub fn with(files: &[PathBuf], builtin: bool) -> anyhow::Result<Rules> {
    let (mut texts, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        match read(file) {
            Ok(text) => texts.push((file.display().to_string(), text)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(refused(&faults));
    }
    if builtin {
        return Rules::with_own(&texts).map_err(|faults| refused(&faults));
    }
    let mut rules = Rules::none();
    let faults: Vec<Diagnostic> = texts.iter().flat_map(|(file, text)| rules.read(file, text)).collect();
    if faults.is_empty() { Ok(rules) } else { Err(refused(&faults)) }
}

/// Tells each fault with its place.
pub fn refused(faults: &[Diagnostic]) -> anyhow::Error {
    faults.iter().for_each(warn::tell);
    let number = if faults.len() == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.len()) };
    failure(format!("the rules have {number}"), "mend them first: a rule that is not read finds nothing")
}

fn read(file: &Path) -> Result<String, Diagnostic> {
    let shown = file.display().to_string();
    match std::fs::metadata(file) {
        Ok(about) if !about.is_file() || about.len() > MOST => {
            return Err(Diagnostic::error(shown, "is no file of at most 1 MiB").help("name files of rules"));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing(file)),
        _ => {}
    }
    std::fs::read_to_string(file).map_err(|error| {
        let cause = error.to_string();
        Diagnostic::error(shown, format!("cannot be read: {}", without_number(&cause))).help("check who may read it")
    })
}

/// Every rule.
pub fn list(list: &RulesList, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let rules = with(&list.rules, true)?;
    let mut all: Vec<&Rule> = rules.all().iter().collect();
    all.sort_by_key(|rule| (std::cmp::Reverse(rule.severity), rule.name.clone()));
    if list.output == Format::Json {
        let all: Vec<Value> = all.into_iter().map(described).collect();
        print(&format!("{:#}\n", Value::Array(all)))?;
        return Ok(ExitCode::SUCCESS);
    }
    if list.output == Format::Text {
        let lines: String = all.into_iter().map(|rule| line_of(rule, terminal.width())).collect();
        print(&lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["rule", "severity", "title", "articles", "ATT&CK"]);
    for rule in all {
        let severity = Severity::as_str(rule.severity).to_owned();
        table.row([rule.name.clone(), severity, rule.title.clone(), rule.articles.join(", "), rule.attack.join(", ")]);
    }
    print(&table.show(list.output, terminal.width()))?;
    Ok(ExitCode::SUCCESS)
}

/// Its name whole, so that it can be copied.
fn line_of(rule: &Rule, width: usize) -> String {
    let about = [rule.title.clone(), rule.articles.join(", "), rule.attack.join(", ")];
    let about = indented(&about.join(" · "), 11, 0, width);
    format!(" {:<9} {}\n{about}", rule.severity.as_str(), rule.name)
}

fn described(rule: &Rule) -> Value {
    json!({
        "name": rule.name,
        "title": rule.title,
        "description": rule.description,
        "severity": rule.severity,
        "articles": rule.articles,
        "attack": rule.attack,
        "suspectsBreach": rule.suspects_breach,
        "condition": rule.condition(),
        "needsBody": rule.needs_body(),
        "origin": rule.origin.as_str(),
    })
}

/// Rules against the events beside them.
pub fn test(test: &RulesTest, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (mut text, mut failed, mut tried) = (String::new(), 0, 0);
    for file in &test.rules {
        let rules = Arc::new(with(std::slice::from_ref(file), false)?);
        let events = file.with_extension("jsonl");
        let cases = cases(&rules, &events)?;
        text += &format!(" {}\n", events.display());
        for case in &cases {
            text += &line(case, terminal.colour());
        }
        for rule in rules.all().iter().filter(|rule| !cases.iter().any(|case| case.wanted.contains(&rule.name))) {
            text += &format!("   ! {} is expected of no event\n", rule.name);
            failed += 1;
        }
        failed += cases.iter().filter(|case| !case.holds()).count();
        tried += cases.len();
    }
    text += &match failed {
        0 => format!("\n {tried} events: all as they must\n"),
        1 => format!("\n {tried} events: 1 is not as it must\n"),
        _ => format!("\n {tried} events: {failed} are not as they must\n"),
    };
    print(&text)?;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn cases(rules: &Arc<Rules>, events: &Path) -> anyhow::Result<Vec<Case>> {
    let shown = events.display();
    let text = std::fs::read_to_string(events).map_err(|error| {
        let cause = error.to_string();
        let help = "events that must fire a rule, and events that must not, stand beside it: docs/detections.md";
        failure(format!("{shown}: {}", without_number(&cause)), help)
    })?;
    prove(rules, &text).map_err(|(line, why)| {
        failure(format!("{shown}:{line}: {why}"), "docs/detections.md says how events are written there")
    })
}

fn line(case: &Case, colour: bool) -> String {
    let mark = match (case.holds(), colour) {
        (true, true) => "\x1b[32m✓\x1b[0m",
        (false, true) => "\x1b[31m✗\x1b[0m",
        (true, false) => "✓",
        (false, false) => "✗",
    };
    let names = |all: &std::collections::BTreeSet<String>| {
        if all.is_empty() { "nothing".to_owned() } else { all.iter().cloned().collect::<Vec<_>>().join(", ") }
    };
    let why = case.quiet.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let found = if case.holds() { String::new() } else { format!("; fired {}", names(&case.found)) };
    format!("   {mark} line {}: {}{why}{found}\n", case.line, names(&case.wanted))
}
