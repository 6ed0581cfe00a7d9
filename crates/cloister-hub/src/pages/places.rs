//! Namespaces and resources.

use std::sync::Arc;

use cloister_model::{ResourceRef, Severity};
use cloister_report::html::text::t;
use cloister_report::words;
use maud::{Markup, html};

use super::finding::yaml;
use super::layout::below;
use super::{in_source, parts};
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::read::Finding;
use crate::snapshot::Tally;
use crate::table::{Cell, Rows, Table, Want};

/// A table of namespaces.
pub fn namespaces_of(known: &Snapshot, want: Want<'_>) -> Result<Table, Problem> {
    let all: Vec<(&Arc<str>, &Tally)> = known.namespaces.iter().collect();
    let cells = |(name, tally): &(&Arc<str>, &Tally)| {
        let title = if name.is_empty() { "(of the cluster)" } else { &***name };
        vec![
            Cell::to(title, below(&known.source, &["namespaces", name])),
            Cell::of(tally.resources),
            Cell::of(tally.open_total()),
            Cell::of(tally.of(Severity::Critical)),
            Cell::of(tally.of(Severity::High)),
            Cell::of(tally.accepted),
            Cell::of(words::personal_data(tally.level)),
        ]
    };
    Ok(Table {
        name: "namespaces",
        caption: "Namespaces",
        columns: vec![
            ("Namespace", "namespace"),
            ("Resources", "resources"),
            ("Open", "open"),
            ("Critical", "critical"),
            ("High", "high"),
            ("Accepted", "accepted"),
            ("Personal data", "personalData"),
        ],
        rows: Rows::of(&all, want, |(name, _)| if name.is_empty() { "-".into() } else { (&***name).into() }, cells)?,
    })
}

/// All namespaces.
pub fn namespaces(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let table = namespaces_of(&known, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    Ok(in_source(ask, "Namespaces", html! { h1 { "Namespaces" } (table.render(&ask.query)) }))
}

/// A table of resources.
pub fn resources_of(known: &Snapshot, namespace: Option<&str>, want: Want<'_>) -> Result<Table, Problem> {
    let fits = |one: &&Arc<ResourceRef>| namespace.is_none_or(|name| one.namespace.as_deref().unwrap_or("") == name);
    let all: Vec<&Arc<ResourceRef>> = known.resources.keys().filter(fits).collect();
    let cells = |one: &&Arc<ResourceRef>| {
        let (mut open, mut accepted, mut worst) = (0, 0, None);
        for finding in known.of_resource(one) {
            if finding.is_open() {
                open += 1;
                worst = worst.max(Some(finding.severity));
            } else {
                accepted += 1;
            }
        }
        vec![
            Cell::to(&*one.name, parts::resource(&known.source, one)),
            Cell::of(&*one.kind),
            Cell::of(one.namespace.as_deref()),
            Cell::of(open),
            Cell::of(worst.map(Severity::as_str)),
            Cell::of(accepted),
            Cell::of(&*one.api_version),
        ]
    };
    Ok(Table {
        name: "resources",
        caption: "Resources",
        columns: vec![
            ("Name", "name"),
            ("Kind", "kind"),
            ("Namespace", "namespace"),
            ("Open", "open"),
            ("Worst", "worst"),
            ("Accepted", "accepted"),
            ("Version", "apiVersion"),
        ],
        rows: Rows::of(&all, want, |one| key(one).into(), cells)?,
    })
}

fn key(one: &ResourceRef) -> String {
    format!("{}/{}/{}/{}", one.api_version, one.kind, one.namespace.as_deref().unwrap_or(""), one.name)
}

/// All resources.
pub fn resources(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let table = resources_of(&known, ask.query.get("namespace"), Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    Ok(in_source(ask, "Resources", html! { h1 { "Resources" } (table.render(&ask.query)) }))
}

/// One namespace.
pub fn namespace(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let name = if ask.part("namespace") == "-" { "" } else { ask.part("namespace") };
    let tally = known
        .namespaces
        .get(name)
        .ok_or_else(|| Problem::missing("there is no such namespace in what was assessed"))?;
    let table = resources_of(&known, Some(name), Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let title = if name.is_empty() { "Of the cluster" } else { name };
    let narrowed = |page: &str| format!("{}?namespace={}", below(&known.source, &[page]), crate::http::segment(name));
    let body = html! {
        p.crumbs { a href=(below(&known.source, &["namespaces"])) { "Namespaces" } }
        h1 { (t(title)) }
        p.facts { (parts::level(tally.level)) @if !name.is_empty() {
            a href=(narrowed("findings")) { (words::count(tally.open_total(), "open finding")) }
            a href=(narrowed("reports")) { "What other scanners say" }
        } }
        @if !name.is_empty() { (super::questions::of_namespace(&known, name)) }
        h2 { "Resources" }
        (table.render(&ask.query))
    };
    Ok(in_source(ask, title, body))
}

/// One resource.
pub fn resource(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let namespace = Some(ask.part("namespace")).filter(|name| *name != "-");
    let all: Vec<&Arc<ResourceRef>> = known.named((ask.part("kind"), namespace, ask.part("name"))).collect();
    let first = all.first().ok_or_else(|| Problem::missing("there is no such resource in what was assessed"))?;
    let findings: Vec<&Finding> = all.iter().flat_map(|one| known.of_resource(one)).collect();
    let table = parts::findings(&known.source, &findings, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let title = words::resource(first);
    let body = html! {
        p.crumbs {
            a href=(below(&known.source, &["namespaces"])) { "Namespaces" } " › "
            a href=(below(&known.source, &["namespaces", namespace.unwrap_or("")])) { (t(namespace.unwrap_or("of the cluster"))) }
        }
        h1 { (t(&title)) }
        (uses(&known, (ask.part("kind"), namespace, ask.part("name"))))
        (super::questions::of_resource(&known, first))
        section aria-labelledby="found" { h2 id="found" { "Findings" } (table.render(&ask.query)) }
        (super::reports::of_resource(ask, &all)?)
        section aria-labelledby="written" {
            h2 id="written" { "As it is written" }
            @for one in &all { @match known.more.text(one) {
                Some(text) => { (parts::place(text.location.as_ref(), "")) (yaml(text, None)) }
                None => { p.quiet { "It is named, and was not in what was read." } }
            } }
        }
    };
    Ok(in_source(ask, &title, body))
}

/// What personal data it is used for.
fn uses(known: &Snapshot, (kind, namespace, name): (&str, Option<&str>, &str)) -> Markup {
    let is_it = |one: &crate::sources::map::Workload| one.0 == kind && one.1.as_deref() == namespace && one.2 == name;
    let map = &known.more.map;
    let activities = map.activities.iter().filter(|one| one.workloads.iter().any(is_it));
    let stores = map.stores.iter().filter(|one| one.workloads.iter().any(is_it));
    html! { p.facts {
        @for one in activities { a href={ (below(&known.source, &["data"])) "#activity-" (one.name) } { "activity " (t(&one.title)) } }
        @for one in stores { a href={ (below(&known.source, &["data"])) "#store-" (one.name) } { "store " (t(&one.title)) } }
    } }
}
