//! Each framework, requirement by requirement, and what stands behind its state.

use std::collections::HashMap;

use cloister_assessment::{AssessedFinding, AssessedFramework, AssessedRequirement, Assessment};
use maud::{Markup, html};

use super::marks::State;
use super::notes::{gap, statement};
use super::text::{sentence, slug, t};
use crate::words::{count, group_by, leading, of_framework, thousands};

/// Ids up to this length fit the narrow column.
const SHORT: usize = 10;

type ById<'a> = HashMap<&'a str, &'a AssessedFinding>;

pub(super) fn body(assessment: &Assessment) -> Markup {
    let Some(first) = leading(assessment) else { return html! {} };
    let findings: ById<'_> = assessment.findings.iter().map(|one| (&*one.id, one)).collect();
    html! {
        p.quiet { "Open and held are counted in checks. Open one to see what stands behind its state." }
        h3 { (name(first)) }
        (list(assessment, first, &findings))
        @for other in assessment.frameworks.iter().filter(|other| other.name != first.name) {
            details.framework {
                summary { h3 { (name(other)) } (numbers(assessment, other)) }
                (list(assessment, other, &findings))
            }
        }
    }
}

fn name(framework: &AssessedFramework) -> Markup {
    html! { (t(&framework.title)) " " span.version { (t(&framework.version)) } }
}

fn numbers(assessment: &Assessment, framework: &AssessedFramework) -> Markup {
    let number = |state| of_framework(assessment, &framework.name).filter(|one| State::of(one) == state).count();
    html! {
        span.tally { @for state in State::ALL {
            @if number(state) > 0 { span.pair title=(state.word()) { (state.shape()) (number(state)) span.hidden { " " (state.word()) ", " } } }
        } }
    }
}

fn list(assessment: &Assessment, framework: &AssessedFramework, findings: &ById<'_>) -> Markup {
    let sections = group_by(of_framework(assessment, &framework.name), |one| one.section.clone());
    let long = of_framework(assessment, &framework.name).any(|one| one.id.chars().count() > SHORT);
    html! {
        @for (section, members) in sections {
            h4 { (t(&section)) }
            div.requirements.long[long] { @for requirement in members { (one(requirement, findings)) } }
        }
    }
}

fn one(requirement: &AssessedRequirement, findings: &ById<'_>) -> Markup {
    let state = State::of(requirement);
    html! {
        details.requirement {
            summary {
                (state.shape())
                span.id { (t(&requirement.id)) }
                span.title { (t(&requirement.title)) }
                span.counts { (state.word())
                    @if requirement.open + requirement.held > 0 {
                        span.quiet { " · " (requirement.open) " open, " (requirement.held) " held" }
                    }
                }
            }
            div.body id={ "r-" (slug(&[&requirement.framework, &requirement.id])) } {
                @if let Some(explains) = explains(requirement) { p.explains { (sentence(explains)) } }
                p.quiet { (evaluated(requirement)) }
                (against(requirement, findings))
                @if let Some(attested) = &requirement.attested { (statement(attested)) }
                @if let Some(question) = unanswered(requirement) {
                    p { span.label { "a person can answer" } " " (t(question)) }
                }
                @if !requirement.not_evaluated.is_empty() {
                    p { "Not looked at:" }
                    ul { @for one in &requirement.not_evaluated { li { (gap(one)) } } }
                }
            }
        }
    }
}

/// What it asks of someone who runs Kubernetes, as the framework's own file says.
fn explains(requirement: &AssessedRequirement) -> Option<&'static str> {
    let framework = cloister_frameworks::by_name(&requirement.framework)?;
    framework.requirements.iter().find(|one| one.id == requirement.id).map(|one| &*one.explains)
}

/// The question to a person, unless it is answered or stands among the gaps already.
fn unanswered(requirement: &AssessedRequirement) -> Option<&str> {
    let question = requirement.question.as_deref().filter(|_| requirement.attested.is_none())?;
    requirement.not_evaluated.iter().all(|gap| gap.reason != question).then_some(question)
}

fn evaluated(requirement: &AssessedRequirement) -> String {
    let mut parts = Vec::new();
    if let Some(coverage) = requirement.coverage {
        parts.push(format!("{coverage} % of the evidence was looked at"));
    }
    if requirement.passes > 0 {
        parts.push(format!("{} passed", count(requirement.passes, "place")));
    }
    if requirement.accepted > 0 {
        parts.push(format!("{} accepted", count(requirement.accepted, "finding")));
    }
    if requirement.not_applicable > 0 {
        parts.push(format!("{} met nothing they speak of", count(requirement.not_applicable, "check")));
    }
    if parts.is_empty() { "Nothing here to judge.".to_owned() } else { format!("{}.", parts.join("; ")) }
}

/// The checks with findings, each with a link to its findings.
fn against(requirement: &AssessedRequirement, findings: &ById<'_>) -> Markup {
    let own = requirement.findings.iter().filter_map(|id| findings.get(&**id).copied());
    let groups = group_by(own, |one| one.finding.check.clone());
    html! {
        @if !groups.is_empty() {
            ul.against { @for (check, members) in groups {
                li {
                    a href={ "#c-" (slug(&[&check])) } { code { (t(&check)) } } " "
                    @match members.as_slice() {
                        [single] => { a href={ "#f-" (slug(&[&single.id])) } { (t(&single.finding.message)) } }
                        many => { (thousands(many.len())) " findings" }
                    }
                }
            } }
        }
    }
}
