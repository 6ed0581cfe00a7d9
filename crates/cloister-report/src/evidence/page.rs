//! What was recorded in a period, for people: one page, without scripts, that prints well.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{About, Content, Entry, Recorded, Step, assessments, file_of, steps, turns};
use crate::html::{POLICY, STYLE, t};

/// Beside the style of reports.
const TABLES: &str = "table { border-collapse: collapse; width: 100%; font-size: .94rem; } \
    th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); } \
    th { color: var(--quiet); font-weight: 600; }";

/// The period as a page.
pub fn page(about: &About, entries: &[Entry]) -> String {
    let last = assessments(entries).next_back();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Evidence – " (t(&about.title)) }
                style { (PreEscaped(STYLE)) (PreEscaped(TABLES)) }
            }
            body {
                header.head {
                    p.over { "Evidence · " (t(&about.log)) }
                    h1 { (t(&about.title)) }
                    p.lead { "What was recorded from " (about.from) " to " (about.to) ", exported " (t(&about.exported)) "." }
                    p.notice {
                        "This page is for reading. What proves it stands beside it: README.md says how to check, with "
                        "Cloister or without."
                    }
                }
                div.head { main id="main" {
                    section { h2 { "Assessments" } (runs(about, entries)) }
                    @if let Some((entry, recorded)) = last {
                        section { h2 { "Requirements" } (requirements(about, entries, (entry, recorded))) }
                    }
                    section { h2 { "Everything that was recorded" } (everything(entries)) }
                } }
            }
        }
    };
    page.into_string() + "\n"
}

fn runs(about: &About, entries: &[Entry]) -> Markup {
    html! {
        @let turns = turns(about, entries);
        @if turns.is_empty() { p { "None." } } @else {
            @let all = steps(about, entries).len();
            @if all > turns.len() { p {
                "The state of requirements changed with " (turns.len()) " of " (all) " assessments, or they are the first or the last:"
            } }
            table {
                thead { tr {
                    th scope="col" { "Entry" } th scope="col" { "Assessed at" } th scope="col" { "What" }
                    th scope="col" { "Not satisfied" } th scope="col" { "Not evaluated" } th scope="col" { "Attested" }
                    th scope="col" { "Satisfied" }
                } }
                tbody { @for (entry, step) in &turns { tr {
                    td { a href=(file_of(*entry)) { (entry) } }
                    td { (t(&step.assessed_at)) }
                    td { (t(&step.title)) }
                    @for status in ["not-satisfied", "not-evaluated", "attested", "satisfied"] {
                        td.number { (step.count(status)) }
                    }
                } } }
            }
        }
    }
}

/// Each requirement at the end of the period, and since when it stands so.
fn requirements(about: &About, entries: &[Entry], (entry, last): (&Entry, &Recorded)) -> Markup {
    let steps = steps(about, entries);
    html! {
        p { "As of entry " (entry.number) ", " (t(&last.assessed_at)) "." }
        table {
            thead { tr {
                th scope="col" { "Requirement" } th scope="col" { "Status" } th scope="col" { "Since" }
                th scope="col" { "Findings" }
            } }
            tbody { @for one in last.of(&about.framework) { tr {
                td { strong { (t(&one.id)) } " " (t(&one.title))
                    @if let Some(attested) = &one.attested {
                        br; span.quiet { "“" (t(&attested.statement)) "” " (t(&attested.author)) ", " (t(&attested.date)) }
                    }
                }
                td { (one.status.replace('-', " ")) }
                td { (t(&since(&steps, (&last.subject.title, &one.id), &one.status))) }
                td.number { (one.findings.len()) }
            } } }
        }
    }
}

/// The first of the assessments of one thing, up to the last, that all say the same of a requirement.
pub(super) fn since(steps: &[(u64, Step)], (title, id): (&str, &str), status: &str) -> String {
    let same = steps.iter().rev().filter(|(_, step)| step.title == title).take_while(|(_, step)| step.says(id, status));
    same.last().map(|(_, step)| step.assessed_at.clone()).unwrap_or_default()
}

fn everything(entries: &[Entry]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Entry" } th scope="col" { "Recorded at" } th scope="col" { "What" } th scope="col" { "It says" } } }
            tbody { @for entry in entries { tr {
                td { (entry.number) }
                td { (t(&entry.time)) }
                td { (entry.kind) }
                td { @match &entry.content {
                    Content::Assessment(recorded) => { a href=(file_of(entry.number)) { "assessment of " (t(&recorded.subject.title)) } }
                    Content::Change(step) => { a href=(file_of(entry.number)) { "what changed in " (t(&step.title)) } }
                    Content::Other(value) => { (row(value)) }
                    Content::Erased => { span.quiet { "erased, as a later entry says" } }
                } }
            } } }
        }
    }
}

/// A small document: its fields, in a row.
fn fields(value: &serde_json::Value) -> Vec<(&String, String)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name, short(value))).collect()
}

/// The same in one line.
pub(super) fn said(value: &serde_json::Value) -> String {
    fields(value).into_iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; ")
}

fn row(value: &serde_json::Value) -> Markup {
    html! { @for (at, (name, value)) in fields(value).iter().enumerate() {
        @if at > 0 { "; " } span.quiet { (t(name)) ": " } (t(value))
    } }
}

fn short(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(all) if all.len() > 8 => format!("{} of them", all.len()),
        other => other.to_string(),
    }
}
