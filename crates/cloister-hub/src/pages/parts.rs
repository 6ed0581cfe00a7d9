//! What several pages show: findings, places, names that lead somewhere.

use cloister_assessment::{Acceptance, Exposure, RequirementRef};
use cloister_model::{Location, PersonalData, ResourceRef};
use cloister_report::html::marks;
use cloister_report::html::text::{sentence, t};
use cloister_report::words;
use maud::{Markup, html};
use serde_json::Value;

use super::layout::below;
use crate::http::{Problem, segment};
use crate::read::Finding;
use crate::table::{Cell, Rows, Table, Want};

/// The address of a source.
pub fn source(name: &str) -> String {
    format!("/sources/{}", segment(name))
}

/// The address of a finding.
pub fn finding(source: &str, id: &str) -> String {
    below(source, &["findings", id])
}

/// The address of a resource.
pub fn resource(source: &str, one: &ResourceRef) -> String {
    named(source, (&one.kind, one.namespace.as_deref(), &one.name))
}

/// The same by kind, namespace and name.
pub fn named(source: &str, (kind, namespace, name): (&str, Option<&str>, &str)) -> String {
    below(source, &["resources", kind, namespace.unwrap_or(""), name])
}

/// The address of a requirement.
pub fn requirement(source: &str, framework: &str, id: &str) -> String {
    below(source, &["frameworks", framework, id])
}

/// The address of a check.
pub fn check(source: &str, name: &str) -> String {
    below(source, &["checks", name])
}

/// Where something is written.
pub fn place(location: Option<&Location>, pointer: &str) -> Markup {
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
pub fn why(exposure: &Exposure) -> Markup {
    html! {
        @if !exposure.reason.is_empty() {
            p.why { span.label { (words::personal_data(exposure.level)) } " " (t(&exposure.reason)) }
        }
    }
}

/// Who accepted something until when.
pub fn acceptance(one: &Acceptance) -> Markup {
    html! {
        blockquote.accepted {
            p { (t(&one.reason)) }
            footer {
                "Accepted by " (t(&one.owner)) " until " (t(&one.expires))
                @if let Some(location) = &one.location { ", in " code { (t(&words::place(location))) } }
            }
        }
    }
}

/// Requirements under their framework's name.
pub fn requirements(source: &str, all: &[RequirementRef]) -> Markup {
    html! {
        @for (framework, members) in words::group_by(all, |one| one.framework.clone()) {
            span.refs {
                span.framework { (t(&framework)) }
                @for one in members { " " a href=(requirement(source, &one.framework, &one.id)) { (t(&one.id)) } }
            } " "
        }
    }
}

/// A level of personal data, where there is any.
pub fn level(level: PersonalData) -> Markup {
    html! { @if level > PersonalData::None { span.label { (words::personal_data(level)) } } }
}

/// A table of findings.
pub fn findings<F: AsRef<Finding>>(name: &str, all: &[F], want: Want<'_>) -> Result<Table, Problem> {
    Ok(Table {
        name: "findings",
        caption: "Findings",
        columns: vec![
            ("Severity", "severity"),
            ("Finding", "message"),
            ("Resource", "resource"),
            ("Personal data", "personalData"),
            ("Check", "check"),
            ("State", "state"),
            ("", "id"),
        ],
        rows: Rows::of(all, want, |one| (&*one.as_ref().id).into(), |one| cells(name, one.as_ref()))?,
    })
}

fn cells(name: &str, one: &Finding) -> Vec<Cell> {
    let resource_cell = one.resource.as_ref().map_or_else(
        || Cell::of("missing altogether"),
        |reference| Cell::to(words::resource(reference), resource(name, reference)),
    );
    let level_word = if one.exposure.level == PersonalData::None {
        Value::Null
    } else {
        words::personal_data(one.exposure.level).into()
    };
    vec![
        Cell::of(one.severity.as_str()).shown(marks::severity(one.severity)),
        Cell::to(&*one.message, finding(name, &one.id)),
        resource_cell,
        Cell::of(level_word),
        Cell::to(&*one.check, check(name, &one.check)).shown(html! { code { (t(&one.check)) } }),
        Cell::of(if one.is_open() { "open" } else { "accepted" }),
        Cell::of(&*one.id).shown(html! { code { (t(&one.id)) } }),
    ]
}

/// A list of workloads, each a way to it.
pub fn workloads(name: &str, all: &[crate::sources::map::Workload]) -> Markup {
    html! { @for (at, (kind, namespace, workload)) in all.iter().enumerate() {
        @if at > 0 { ", " }
        a href=(named(name, (kind, namespace.as_deref(), workload))) { (t(workload)) }
    } }
}

/// What to do, in sentences.
pub fn remedy(text: &str) -> Markup {
    html! { p { (sentence(text)) } }
}
