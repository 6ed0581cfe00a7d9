//! Every check that ran: what it came to, what it is, and its findings.

use std::collections::HashMap;

use cloister_assessment::{AssessedFinding, Assessment, CheckResult};
use cloister_checks::Family;
use maud::{Markup, html};

use super::marks;
use super::text::{prose, slug, t};
use crate::words::{group_by, resource, thousands};

type ByCheck<'a> = HashMap<&'a str, Vec<&'a AssessedFinding>>;

pub(super) fn body(assessment: &Assessment) -> Markup {
    let mut findings: ByCheck<'_> = HashMap::new();
    for one in &assessment.findings {
        findings.entry(&one.finding.check).or_default().push(one);
    }
    html! {
        @for (family, checks) in group_by(&assessment.checks, |check| check.family) {
            h3 { (title(family)) " " span.count { (checks.len()) } }
            div.checks { @for check in checks { (one(check, findings.get(check.name).map_or(&[], Vec::as_slice))) } }
        }
    }
}

fn title(folder: &'static str) -> &'static str {
    Family::ALL.into_iter().find(|family| family.folder() == folder).map_or(folder, Family::title)
}

fn one(check: &CheckResult, findings: &[&AssessedFinding]) -> Markup {
    let docs = cloister_checks::by_name(check.name).map(cloister_checks::Entry::docs).unwrap_or_default();
    html! {
        details.check {
            summary {
                span.name { code { (check.name) } span.where { (check.title) } }
                span.outcome { (outcome(check)) }
            }
            div.body id={ "c-" (slug(&[check.name])) } {
                p.facts { (marks::severity(check.severity)) " in general" }
                (prose(&docs.what))
                (prose(&docs.why))
                (prose(&docs.remedy))
                @if !docs.references.is_empty() { div.quiet { (prose(&docs.references)) } }
                @if let Some(reason) = &check.not_evaluated { p { span.label { "not evaluated" } " " (t(reason)) } }
                @if !findings.is_empty() {
                    ul { @for assessed in findings {
                        li {
                            a href={ "#f-" (slug(&[&assessed.id])) } { (t(&assessed.finding.message)) }
                            @if let Some(reference) = &assessed.finding.resource { " " span.quiet { (t(&resource(reference))) } }
                            @if !assessed.is_open() { " " span.label { "accepted" } }
                        }
                    } }
                }
            }
        }
    }
}

/// `3 of 31 failed`, `31 passed`, and the like.
fn outcome(check: &CheckResult) -> String {
    match (check.not_evaluated.is_some(), check.examined, check.failed) {
        (true, 0, 0) => "not evaluated".to_owned(),
        (false, 0, 0) => "nothing to judge".to_owned(),
        (_, examined, 0) => format!("{} passed", thousands(examined)),
        (_, examined, failed) => format!("{} of {} failed", thousands(failed), thousands(examined)),
    }
}
