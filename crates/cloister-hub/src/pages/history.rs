//! How a source developed, and what of its input could not be read.

use std::collections::BTreeMap;

use cloister_inventory::Unread;
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_report::html::text::t;
use cloister_report::words::count_of;
use maud::{Markup, html};

use super::{in_source, trend};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::keep::Run;
use crate::table::{Cell, Rows, Table, Want};

/// A table of runs, the newest first.
pub fn table_of(runs: &[Run], want: Want<'_>) -> Result<Table, Problem> {
    let cells = |run: &Run| {
        let of = |at: usize| run.open.get(at).copied().unwrap_or(0);
        let gdpr = run.frameworks.get("gdpr").copied().unwrap_or_default();
        vec![
            Cell::of(run.at.as_str()),
            Cell::of(run.open_total()),
            Cell::of(of(4)),
            Cell::of(of(3)),
            Cell::of(run.accepted),
            Cell::of(run.new),
            Cell::of(run.resolved),
            Cell::of(gdpr.first().copied().unwrap_or(0)),
            Cell::of(run.digest.as_str()).shown(html! { code { (run.digest) } }),
        ]
    };
    Ok(Table {
        name: "history",
        caption: "Assessments",
        columns: vec![
            ("Assessed", "assessedAt"),
            ("Open", "open"),
            ("Critical", "critical"),
            ("High", "high"),
            ("Accepted", "accepted"),
            ("New", "new"),
            ("Resolved", "resolved"),
            ("GDPR open", "gdprOpen"),
            ("Digest", "digest"),
        ],
        rows: Rows::of(runs, want, |run| format!("{}-{}", run.at, run.digest).into(), cells)?,
    })
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let mut runs = ask.runs(&known.source);
    let drawn = trend::of(&runs);
    runs.reverse();
    let table = table_of(&runs, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        h1 { "History" }
        p.quiet { "Assessments that came to something else than the one before." }
        @if known.limited().is_some() { p.notice { "It is kept in numbers of all namespaces together, and shown to who may see all of them." } } @else { (drawn) }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, "History", body))
}

/// What could not be read as meant.
pub fn input(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let all = &known.report.diagnostics;
    let numbers: Vec<(usize, &Diagnostic)> = all.iter().enumerate().collect();
    let cells = |(_, one): &(usize, &Diagnostic)| {
        let place = match (one.line, one.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", one.file),
            _ => one.file.to_string(),
        };
        let level = match one.level {
            DiagnosticLevel::Error => "error",
            DiagnosticLevel::Warning => "warning",
            DiagnosticLevel::Note => "note",
        };
        vec![Cell::of(level), Cell::of(place), Cell::of(one.message.as_str()), Cell::of(one.help.as_deref())]
    };
    let table = Table {
        name: "input",
        caption: "What could not be read as meant",
        columns: vec![("Level", "level"), ("Where", "where"), ("What", "message"), ("What to do", "help")],
        rows: Rows::of(&numbers, Want::of_page(&ask.query), |(at, _)| at.to_string().into(), cells)?,
    };
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! { h1 { "What could not be read as meant" } (super::rules::trouble(ask)) (table.render(&ask.query)) (lacking(&known)) };
    Ok(in_source(ask, "Input", body))
}

/// Rights that the account lacks: each with how many requirements wait for it.
fn lacking(known: &Snapshot) -> Markup {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &known.report.requirements {
        let mut names: Vec<&str> = one.not_evaluated.iter().flat_map(|gap| Unread::lacking(&gap.answer)).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().for_each(|name| *all.entry(name).or_default() += 1);
    }
    html! {
        @if !all.is_empty() { section aria-labelledby="rights" {
            h2 id="rights" { "Rights that are lacking" }
            p { "The account may not list these. Grant the verbs list and watch on those that should be judged; they are asked for again by themselves." }
            ul { @for (name, waiting) in &all { li { code { (t(name)) } " – " (count_of(*waiting, "requirement", "requirements")) } } }
        } }
    }
}
