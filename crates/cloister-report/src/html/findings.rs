//! Every finding: most personal data first, then by severity; folded where
//! several share a place.

use cloister_assessment::{Acceptance, AssessedFinding, Assessment, Change, Exposure, Spot, spots};
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
            @let spots = spots(of(level));
            @if !spots.is_empty() {
                h3 { (heading(level)) " " span.count { (counted(of(level).count(), spots.len())) } }
                div.findings { @for spot in &spots { (one(spot, assessment)) } }
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
            div.findings { @for spot in spots(accepted()) { (one(&spot, assessment)) } }
        }
    }
}

/// `15 at 6 places`; the number alone where nothing is folded.
fn counted(findings: usize, places: usize) -> String {
    if places < findings {
        format!("{} at {}", words::thousands(findings), words::count(places, "place"))
    } else {
        words::thousands(findings)
    }
}

fn one(spot: &Spot<'_>, assessment: &Assessment) -> Markup {
    let finding = &spot.lead.finding;
    let grave = finding.severity >= Severity::High;
    html! {
        details.finding.grave[grave] {
            summary {
                (marks::severity(finding.severity))
                span.what {
                    (t(&finding.message)) (new(spot.lead))
                    span.where {
                        @match &finding.resource {
                            Some(reference) => { (t(&resource(reference))) }
                            None => { "missing altogether" }
                        }
                        (more(spot))
                    }
                }
            }
            (body(spot, assessment))
        }
    }
}

/// How many findings are folded in, and on paper by which checks.
fn more(spot: &Spot<'_>) -> Markup {
    html! {
        @if !spot.others.is_empty() {
            " · " (spot.others.len()) " more here"
            span.on-paper { ": " @for (at, check) in spot.other_checks().iter().enumerate() { @if at > 0 { ", " } (t(check)) } }
        }
    }
}

fn new(assessed: &AssessedFinding) -> Markup {
    html! { @if assessed.change == Some(Change::New) { " " strong.new { "new" } } }
}

fn body(spot: &Spot<'_>, assessment: &Assessment) -> Markup {
    let (finding, merged) = (&spot.lead.finding, spot.merged_fix());
    html! {
        // The anchor is inside, so that a link to it opens it.
        div.body id={ "f-" (slug(&[&spot.lead.id])) } {
            (place(finding.location.as_ref(), &finding.pointer))
            (why(&spot.lead.exposure))
            @if merged.of.contains(&0) { p { (sentence(&spot.lead.remediation)) } }
            (remedy(spot.lead, merged.of.contains(&0)))
            @if !spot.others.is_empty() {
                ul.here { @for (at, assessed) in spot.others.iter().enumerate() {
                    @let before = assessed.finding.fix.is_some() && spot.findings().take(at + 1).any(|one| one.finding.fix == assessed.finding.fix);
                    li id={ "f-" (slug(&[&assessed.id])) } { (other(assessed, before || merged.of.contains(&(at + 1)))) }
                } }
            }
            @if !merged.of.is_empty() { (lines(&merged.lines)) }
            p.refs-line { (check(&finding.check)) " " (requirement_links(&spot.requirements(&assessment.requirements))) }
        }
    }
}

/// Another finding at the same place.
fn other(assessed: &AssessedFinding, merged: bool) -> Markup {
    html! {
        p.facts { (marks::severity(assessed.finding.severity)) span { (t(&assessed.finding.message)) (new(assessed)) } (check(&assessed.finding.check)) }
        (remedy(assessed, merged))
    }
}

/// What to do, with the lines to write, unless they are told with others'; and who accepted it.
fn remedy(assessed: &AssessedFinding, merged: bool) -> Markup {
    html! {
        @if !merged { p { (sentence(&assessed.remediation)) } }
        @if let (Some(fix), false) = (&assessed.finding.fix, merged) { (lines(fix)) }
        @if let Some(acceptance) = &assessed.accepted { (accept(acceptance)) }
    }
}

fn check(name: &str) -> Markup {
    html! { a href={ "#c-" (slug(&[name])) } { code { (t(name)) } } }
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
