//! `cloister explain CHECK|REQUIREMENT`.

use std::fmt::Write;
use std::process::ExitCode;

use cloister_assessment::all_entries;
use cloister_checks::Entry;
use cloister_frameworks::{Framework, Requirement, builtin, find};

use crate::args::Explain;
use crate::columns::{described, paragraphs, wrapped};
use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::{did_you_mean, failure};

/// Explains whatever has that name.
pub fn run(explain: &Explain, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let asked = explain.what.join(" ");
    let mut text = String::new();
    if let Some(entry) = all_entries().find(|entry| entry.check.name == asked.trim()) {
        check(entry, terminal.width(), &mut text);
    }
    for (framework, requirement) in find(&asked) {
        self::requirement(framework, requirement, terminal, &mut text);
    }
    if let (true, Some(framework)) = (text.is_empty(), cloister_frameworks::by_name(asked.trim())) {
        self::framework(framework, terminal.window(), &mut text);
    }
    if text.is_empty() {
        return Err(failure(format!("nothing is called \"{asked}\""), suggestion(asked.trim())));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn check(entry: &Entry, width: usize, text: &mut String) {
    let (check, docs) = (entry.check, entry.docs());
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{} ({}, {})\n{}\n", check.name, check.severity.as_str(), entry.family.title(), check.title);
    for (heading, body) in [
        ("What it does", &docs.what),
        ("Why it matters", &docs.why),
        ("What to do", &docs.remedy),
        ("References", &docs.references),
    ] {
        let _ = writeln!(text, "{heading}\n{}\n", paragraphs(body, 2, width));
    }
    text.push_str("Requirements\n");
    for framework in builtin() {
        let ids: Vec<&str> = framework
            .requirements
            .iter()
            .filter(|requirement| requirement.checks.iter().any(|name| &**name == check.name))
            .map(|requirement| &*requirement.id)
            .collect();
        if !ids.is_empty() {
            let lead = format!("  {}: ", framework.name);
            text.push_str(&described(&lead, lead.len(), &ids.join(", "), Some(width)));
        }
    }
    let _ = writeln!(
        text,
        "\nTo accept a finding for a time, on the resource:\n  metadata:\n    annotations:\n      exception.cloister.dev/{}: \"2027-06-30; owner; the reason\"",
        check.name
    );
}

fn framework(framework: &Framework, window: Option<usize>, text: &mut String) {
    let _ = writeln!(text, "{} · {} {}\n", framework.name, framework.title, framework.version);
    for requirement in &framework.requirements {
        text.push_str(&described(&format!("  {:<14} ", requirement.id), 17, &requirement.title, window));
    }
    let _ = writeln!(text, "\n`cloister explain \"{} ID\"` tells more of one.", framework.name);
}

fn requirement(framework: &Framework, requirement: &Requirement, terminal: &Terminal, text: &mut String) {
    let (width, window) = (terminal.width(), terminal.window());
    let prose = |text: &str| wrapped(text, width).join("\n");
    let _ = writeln!(text, "{} {} · {}\n{}\n", framework.name, requirement.id, requirement.title, requirement.section);
    let _ = writeln!(text, "{}\n", prose(&requirement.explains));
    if !requirement.checks.is_empty() {
        text.push_str("Checks\n");
        for name in &requirement.checks {
            let title = all_entries().find(|entry| entry.check.name == &**name).map_or("", |entry| entry.check.title);
            text.push_str(&described(&format!("  {name} "), 39, title, window));
        }
        text.push('\n');
    }
    for part in &requirement.parts {
        let _ = writeln!(text, "{}\n", prose(&format!("Needs {}: {}.", part.needs.title(), part.shows)));
    }
    if let Some(question) = &requirement.attest {
        let _ = writeln!(text, "{}\n", prose(&format!("A person can attest: {question}")));
    }
}

/// What is written nearly so, what begins so, or what shares a word with it.
fn suggestion(asked: &str) -> String {
    let checks = || all_entries().map(|entry| entry.check.name);
    let ids = || builtin().flat_map(|framework| framework.requirements.iter().map(|one| &*one.id));
    let begins: Vec<&str> =
        ids().filter(|id| id.strip_prefix(asked).is_some_and(|rest| rest.starts_with(['(', '.', '-']))).collect();
    let words: Vec<&str> = asked.split(['-', ' ']).filter(|word| word.len() > 3).collect();
    let shares = |name: &&str| words.iter().any(|word| name.contains(word));
    did_you_mean(asked, checks().chain(cloister_frameworks::names()))
        .or_else(|| one_of("there are", begins))
        .or_else(|| did_you_mean(asked, ids()))
        .or_else(|| one_of("perhaps", checks().filter(shares).take(5).collect()))
        .unwrap_or_else(|| {
            "`cloister list checks` shows all checks, `cloister list frameworks` the frameworks".to_owned()
        })
}

fn one_of(lead: &str, names: Vec<&str>) -> Option<String> {
    (!names.is_empty()).then(|| format!("{lead} {}", names.join(", ")))
}
