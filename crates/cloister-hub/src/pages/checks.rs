//! Checks: what they came to, what they look for.

use cloister_report::html::marks;
use cloister_report::html::text::{prose, t};
use maud::html;

use super::layout::below;
use super::{in_source, parts};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::read::{CheckResult, Finding};
use crate::table::{Cell, Rows, Table, Want};

/// A table of checks.
pub fn table_of(known: &Snapshot, want: Want<'_>) -> Result<Table, Problem> {
    let cells = |one: &CheckResult| {
        vec![
            Cell::to(one.name.as_str(), parts::check(&known.source, &one.name))
                .shown(html! { code { (t(&one.name)) } }),
            Cell::of(one.title.as_str()),
            Cell::of(one.severity.as_str()).shown(marks::severity(one.severity)),
            Cell::of(one.examined),
            Cell::of(one.failed),
            Cell::of(one.not_evaluated.as_deref()),
        ]
    };
    Ok(Table {
        name: "checks",
        caption: "Checks",
        columns: vec![
            ("Check", "check"),
            ("What it finds", "title"),
            ("Severity", "severity"),
            ("Examined", "examined"),
            ("Failed", "failed"),
            ("Not evaluated", "notEvaluated"),
        ],
        rows: Rows::of(&known.report.checks, want, |one| one.name.as_str().into(), cells)?,
    })
}

/// All checks.
pub fn all(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let table = table_of(&known, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    Ok(in_source(ask, "Checks", html! { h1 { "Checks" } (table.render(&ask.query)) }))
}

/// One check.
pub fn one(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (known, name) = (ask.snapshot()?, ask.part("check"));
    let result = known.report.checks.iter().find(|one| one.name == name);
    let result = result.ok_or_else(|| Problem::missing("there is no such check in what was assessed"))?;
    let findings: Vec<&Finding> = known.of_check(name).collect();
    let table = parts::findings(&known.source, &findings, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let docs = cloister_checks::by_name(name).map(cloister_checks::Entry::docs).unwrap_or_default();
    let body = html! {
        p.crumbs { a href=(below(&known.source, &["checks"])) { "Checks" } }
        h1 { (t(&result.title)) }
        p.facts { (marks::severity(result.severity)) code { (t(name)) } span.quiet { (result.failed) " of " (result.examined) " failed" } }
        @if let Some(reason) = &result.not_evaluated { p { span.label { "not evaluated" } " " (t(reason)) } }
        (prose(&docs.what)) (prose(&docs.why)) (prose(&docs.remedy))
        @if !docs.references.is_empty() { div.quiet { (prose(&docs.references)) } }
        h2 { "Findings" }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, &result.title, body))
}
