//! Every finding: most personal data first, then by severity.

use cloister_assessment::{Acceptance, AssessedFinding, Assessment, Change, Exposure};
use cloister_model::{Location, PersonalData, Severity};
use maud::{Markup, html};

use super::marks;
use super::text::{lines, requirement_links, sentence, slug, t};
use crate::words::{self, personal_data, resource};

pub(super) fn open(assessment: &Assessment) -> Markup {
    let of = |level| assessment.findings.iter().filter(move |one| one.is_open() && one.exposure.level == level);
    html! {
        @if assessment.findings.iter().any(AssessedFinding::is_open) {
            p.quiet.on-paper { "On paper, critical and high findings are told in full, all others in a line; the page in a browser tells everything." }
        }
        @for level in PersonalData::ALL.into_iter().rev() {
            @if of(level).next().is_some() {
                h3 { (heading(level)) " " span.count { (of(level).count()) } }
                div.findings { @for assessed in of(level) { (one(assessed)) } }
            }
        }
    }
}

fn heading(level: PersonalData) -> String {
    match level {
        PersonalData::None => "Where no personal data is known".to_owned(),
        known => format!("Where it touches {}", personal_data(known)),
    }
}

pub(super) fn accepted(assessment: &Assessment) -> Markup {
    let accepted = || assessment.findings.iter().filter(|one| !one.is_open());
    html! {
        @if accepted().next().is_some() {
            div.findings { @for assessed in accepted() { (one(assessed)) } }
        }
    }
}

fn one(assessed: &AssessedFinding) -> Markup {
    let finding = &assessed.finding;
    let grave = finding.severity >= Severity::High;
    html! {
        details.finding.grave[grave] {
            summary {
                (marks::severity(finding.severity))
                span.what {
                    (t(&finding.message))
                    @if assessed.change == Some(Change::New) { " " strong.new { "new" } }
                    span.where {
                        @match &finding.resource {
                            Some(reference) => { (t(&resource(reference))) }
                            None => { "missing altogether" }
                        }
                    }
                }
            }
            // The anchor is inside, so that a link to it opens it.
            div.body id={ "f-" (slug(&[&assessed.id])) } {
                (place(finding.location.as_ref(), &finding.pointer))
                (why(&assessed.exposure))
                p { (sentence(&assessed.remediation)) }
                @if let Some(fix) = &finding.fix { (lines(fix)) }
                p.refs-line {
                    a href={ "#c-" (slug(&[&finding.check])) } { code { (t(&finding.check)) } }
                    " " (requirement_links(&assessed.requirements))
                }
                @if let Some(acceptance) = &assessed.accepted { (accept(acceptance)) }
            }
        }
    }
}

/// Where: the file's line, and the pointer in the resource.
pub(super) fn place(location: Option<&Location>, pointer: &str) -> Markup {
    html! {
        @if location.is_some() || !pointer.is_empty() {
            p.place {
                @if let Some(location) = location {
                    code { (t(&words::place(location))) }
                    @if let Some(rendered) = words::rendered(location) { " " span.quiet { (rendered) } }
                }
                @if !pointer.is_empty() { " " code.pointer { (t(pointer)) } }
            }
        }
    }
}

/// Whose data, and why it is at risk here.
pub(super) fn why(exposure: &Exposure) -> Markup {
    html! {
        @if !exposure.reason.is_empty() {
            p.why { span.label { (personal_data(exposure.level)) } " " (t(&exposure.reason)) }
        }
    }
}

fn accept(acceptance: &Acceptance) -> Markup {
    html! {
        blockquote.accepted {
            p { (t(&acceptance.reason)) }
            footer {
                "Accepted by " (t(&acceptance.owner)) " until " (t(&acceptance.expires))
                @if let Some(location) = &acceptance.location { ", in " code { (t(&words::place(location))) } }
            }
        }
    }
}
