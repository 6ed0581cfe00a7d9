//! How it stands with one source: by article, over time, and the five things to do.

use cloister_assessment::{Advice, AssessedRequirement};
use cloister_model::Severity;
use cloister_report::html::marks::{self, State};
use cloister_report::html::text::{lines, sentence, t};
use cloister_report::words::{count, resource, thousands};
use maud::{Markup, html};

use super::{in_source, parts, trend};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::read::Report;

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = match ask.snapshot() {
        // A source that was not assessed yet has a page all the same, which fills itself.
        Err(problem) if problem.status == 503 => return Ok(in_source(ask, ask.part("source"), waiting(ask, &problem))),
        known => known?,
    };
    let runs = ask.runs(&known.source);
    let body = html! {
        (head(ask, &known))
        (numbers(&known))
        @if known.limited().is_none() { section aria-labelledby="trend" { h2 id="trend" { "Over time" } (trend::of(&runs)) } }
        section aria-labelledby="advice" { h2 id="advice" { "What helps most" } (advice(&known)) }
        (unread(&known))
    };
    Ok(in_source(ask, &known.source, body))
}

fn waiting(ask: &Ask<'_>, problem: &Problem) -> Markup {
    html! { h1 { (t(ask.part("source"))) } p.notice { (t(&problem.detail)) "." } }
}

fn head(ask: &Ask<'_>, known: &Snapshot) -> Markup {
    let (subject, at) = (&known.report.subject, &known.report.assessed_at);
    let trouble = ask.state(&known.source).ok().and_then(|(trouble, _)| trouble);
    html! {
        p.over { "Assessed " time datetime=(t(at)) { (t(&at.replace('T', " ").replace('Z', " UTC"))) } }
        h1 { (t(&subject.title)) }
        p.lead {
            @if known.limited().is_none() { (count(subject.workloads, "workload")) " in " }
            (count(subject.resources, "resource"))
            @if subject.workloads_with_personal_data > 0 {
                "; " strong { (thousands(subject.workloads_with_personal_data)) " hold personal data"
                @if subject.workloads_with_special_data > 0 { ", " (thousands(subject.workloads_with_special_data)) " of them special categories" } }
            }
            "."
        }
        @if let Some(trouble) = trouble { p.notice role="alert" { strong { "The last assessment failed: " } (t(&trouble)) ". What stands here is older." } }
        @if !subject.register && subject.workloads > 0 {
            p.notice { strong { "There is no register of processing." } " Without it nobody can tell which workload serves which purpose. " (sentence("`cloister register init PATH`")) " drafts one." }
        }
    }
}

fn numbers(known: &Snapshot) -> Markup {
    let (summary, name) = (&known.report.summary, &known.source);
    let base = parts::source(name);
    html! {
        div.numbers {
            div.block {
                h2 { "Open findings" }
                p.big { (thousands(summary.open_total)) @if summary.open_places < summary.open_total { small { " at " (count(summary.open_places, "place")) } } }
                ul.plain {
                    @for severity in Severity::ALL.into_iter().rev() {
                        @let number = summary.open.get(severity.as_str()).copied().unwrap_or(0);
                        @if number > 0 { li { a href={ (base) "/findings?severity=" (severity.as_str()) "&state=open" } { (marks::severity(severity)) } span.number { (thousands(number)) } } }
                    }
                    @if summary.accepted > 0 { li { a href={ (base) "/findings?state=accepted" } { "accepted" } span.number { (thousands(summary.accepted)) } } }
                }
            }
            @if let Some(framework) = leading(&known.report) { (articles(known, framework)) }
        }
    }
}

/// The framework that leads: the GDPR, otherwise the first.
pub fn leading(report: &Report) -> Option<&cloister_assessment::AssessedFramework> {
    report.frameworks.iter().find(|one| &*one.name == "gdpr").or_else(|| report.frameworks.first())
}

/// Every requirement as a tile.
fn articles(known: &Snapshot, framework: &cloister_assessment::AssessedFramework) -> Markup {
    let all: Vec<&AssessedRequirement> = known.of_framework(&framework.name).collect();
    let of = |state| all.iter().filter(|one| State::of(one) == state).count();
    html! {
        div.block.wide {
            h2 { (t(&framework.title)) }
            p.big { (thousands(of(State::Open))) small { " of " (count(all.len(), "requirement")) " open" } }
            ul.plain.columns { @for state in State::ALL { @if of(state) > 0 { li { (state.mark()) span.number { (thousands(of(state))) } } } } }
            ul.map aria-label="All requirements, by number" { @for one in &all {
                @let state = State::of(one);
                li { a href=(parts::requirement(&known.source, &one.framework, &one.id)) title={ (t(&one.title)) " – " (state.word()) } {
                    (state.shape()) (t(&one.id)) span.hidden { " " (state.word()) }
                } }
            } }
        }
    }
}

fn advice(known: &Snapshot) -> Markup {
    html! {
        @if known.report.advice.is_empty() { p.quiet { "Nothing is open that could be advised on." } }
        ol.advice { @for one in &known.report.advice { (thing(&known.source, one)) } }
    }
}

fn thing(name: &str, one: &Advice) -> Markup {
    html! {
        li {
            h3 { @match one.findings.first() { Some(id) => { a href=(parts::finding(name, id)) { (t(&one.message)) } } None => { (t(&one.message)) } } }
            p.facts {
                (marks::severity(one.severity))
                @if let Some(reference) = &one.resource { " " a href=(parts::resource(name, reference)) { (t(&resource(reference))) } }
            }
            (parts::place(one.location.as_ref(), ""))
            (parts::why(&one.exposure))
            (parts::remedy(&one.remediation))
            @if let Some(fix) = &one.fix { (lines(fix)) }
            p.refs-line { (parts::requirements(name, &one.requirements)) }
            @if one.elsewhere > 0 { p.quiet { a href=(parts::check(name, &one.check)) { "The same at " (count(one.elsewhere, "other resource")) } "." } }
        }
    }
}

fn unread(known: &Snapshot) -> Markup {
    let number = known.report.summary.unreadable;
    html! { @if number > 0 { p.notice { a href={ (parts::source(&known.source)) "/input" } { (count(number, "input")) " could not be read" } ": what is in them is not judged." } } }
}
