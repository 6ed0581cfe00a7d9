//! The head of the page, what was looked at, and the numbers; and its foot.

use cloister_assessment::{AssessedFramework, Assessment};
use cloister_model::Severity;
use maud::{Markup, html};

use super::marks::{self, State};
use super::text::{sentence, slug, t};
use crate::words::{count, count_of, exit, leading, of_framework, thousands};

pub(super) fn header(assessment: &Assessment) -> Markup {
    let subject = &assessment.subject;
    let (code, reason) = exit(assessment);
    html! {
        header.head {
            p.over { "Data protection on Kubernetes · " time datetime=(t(&assessment.assessed_at)) { (day(&assessment.assessed_at)) } }
            h1 { (t(&subject.title)) }
            p.lead {
                (count(subject.workloads, "workload")) " in " (count(subject.resources, "resource"))
                @if subject.workloads_with_personal_data > 0 {
                    "; " strong {
                        (thousands(subject.workloads_with_personal_data)) " hold personal data"
                        @if subject.workloads_with_special_data > 0 {
                            ", " (thousands(subject.workloads_with_special_data)) " of them special categories"
                        }
                    }
                }
                "."
            }
            @if !subject.register && subject.workloads > 0 {
                p.notice {
                    strong { "There is no register of processing." }
                    " Without it nobody can tell which workload serves which purpose. "
                    (sentence("`cloister register init PATH`")) " drafts one."
                }
            }
            @if subject.resources == 0 {
                p.notice { strong { "Nothing was assessed." } " No Kubernetes object was read; what stands below counts neither as held nor as open." }
            } @else {
                div.numbers {
                    (severities(assessment))
                    @if let Some(framework) = leading(assessment) { (states(assessment, framework)) }
                }
            }
            p.verdict { "Exit status " (code) ": " (sentence(&reason)) "." (changes(assessment)) }
            (scope(assessment))
        }
    }
}

/// `23 November 2026`, of an RFC 3339 time in UTC.
fn day(time: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let date = time.split('T').next().unwrap_or(time);
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (year, month, day.and_then(|day| day.parse::<u8>().ok())) {
        (Some(year), Some(month), Some(day)) => crate::clean(&format!("{day} {month} {year}")).into_owned(),
        _ => crate::clean(time).into_owned(),
    }
}

fn severities(assessment: &Assessment) -> Markup {
    let summary = &assessment.summary;
    html! {
        div.block {
            h2 { "Open findings" }
            p.big {
                (thousands(summary.open_total))
                @if summary.open_places < summary.open_total { small { " at " (count(summary.open_places, "place")) } }
            }
            ul.plain {
                @for severity in Severity::ALL.into_iter().rev() {
                    @let number = summary.open.get(severity.as_str()).copied().unwrap_or(0);
                    @if number > 0 { li { (marks::severity(severity)) span.number { (thousands(number)) } } }
                }
                @if summary.accepted > 0 { li { a href="#accepted" { "accepted" } span.number { (thousands(summary.accepted)) } } }
            }
        }
    }
}

fn states(assessment: &Assessment, framework: &AssessedFramework) -> Markup {
    let of = |state| of_framework(assessment, &framework.name).filter(move |one| State::of(one) == state);
    let all = of_framework(assessment, &framework.name).count();
    html! {
        div.block.wide {
            h2 { (t(&framework.title)) }
            p.big { (thousands(of(State::Open).count())) small { " of " (count(all, "requirement")) " open" } }
            ul.plain.columns {
                @for state in State::ALL {
                    @let number = of(state).count();
                    @if number > 0 { li { (state.mark()) span.number { (thousands(number)) } } }
                }
            }
            (map(assessment, framework))
        }
    }
}

/// Every requirement as a small tile: the state of the whole at a glance.
fn map(assessment: &Assessment, framework: &AssessedFramework) -> Markup {
    html! {
        ul.map aria-label="All requirements, by number" {
            @for one in of_framework(assessment, &framework.name) {
                @let state = State::of(one);
                li { a href={ "#r-" (slug(&[&one.framework, &one.id])) } title={ (t(&one.title)) " – " (state.word()) } {
                    (state.shape()) (t(&one.id)) span.hidden { " " (state.word()) }
                } }
            }
        }
    }
}

fn changes(assessment: &Assessment) -> Markup {
    let summary = &assessment.summary;
    html! {
        @if let (Some(new), Some(fixed), Some(same)) = (summary.new, summary.fixed, summary.same) {
            " Against the baseline: " strong { (new) " new" } ", " (fixed) " fixed, " (same) " the same."
        }
    }
}

/// What was looked at and how much of it could be judged.
fn scope(assessment: &Assessment) -> Markup {
    let subject = &assessment.subject;
    let judged = assessment.checks.iter().filter(|check| check.not_evaluated.is_none()).count();
    html! {
        details.scope {
            summary { "What was looked at" }
            dl {
                dt { "Named" } dd { @for (at, target) in subject.targets.iter().enumerate() { @if at > 0 { ", " } code { (t(target)) } } }
                dt { "Read" } dd {
                    (count(subject.files, "file"))
                    @if subject.rendered > 0 { ", " (count_of(subject.rendered, "chart or overlay rendered", "charts and overlays rendered")) }
                    @if subject.other_documents > 0 { ", " (count(subject.other_documents, "document")) " without Kubernetes objects" }
                }
                dt { "Judged" } dd { (thousands(judged)) " of " (count(assessment.checks.len(), "check")) " in full" }
                dt { "Threshold" } dd { code { (t(&assessment.summary.fail_on)) } }
                dt { "By" } dd { (assessment.generator) " " (assessment.version) ", " (t(&assessment.assessed_at)) }
            }
        }
    }
}

pub(super) fn footer(assessment: &Assessment) -> Markup {
    html! {
        footer {
            p {
                "Written by " (assessment.generator) " " (assessment.version) ". What was not looked at counts neither as held nor as open. "
                "What a person attests is shown as attested, never as held. Titles are our own words; the law itself is the authority."
            }
        }
    }
}
