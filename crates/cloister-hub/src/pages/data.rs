//! The map of personal data: what is done, where it is kept, who gets it.

use cloister_report::html::text::t;
use maud::{Markup, html};

use super::in_source;
use super::parts;
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem};
use crate::sources::map::{Activity, Map, Recipient, Store};
use crate::table::{Cell, Rows, Table, Want};

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let (name, map) = (&*known.source, &known.more.map);
    let tables = [activities(name, map, ask)?, stores(&known, ask)?, recipients(map, ask)?];
    // A file is of one of them, which the address names.
    let named = ask.query.get("of").unwrap_or("activities");
    if let Some(file) = tables.iter().find(|table| table.name == named).and_then(|table| table.file(ask)) {
        return Ok(file);
    }
    let body = html! {
        h1 { "Personal data" }
        p.quiet { "As the register of processing (Art. 30) has it; workloads are those that its selectors choose." }
        @if map.activities.is_empty() && map.stores.is_empty() {
            p.notice { "There is no register of processing in what was read" @if known.more.resources.is_empty() { ", or whoever handed this in did not send it" } "." }
        } @else { (picture(map)) }
        @for table in &tables {
            section aria-labelledby=(table.name) { h2 id=(table.name) { (table.caption) } (rendered(table, ask)) }
        }
    };
    Ok(in_source(ask, "Personal data", body))
}

fn rendered(table: &Table, ask: &Ask<'_>) -> Markup {
    table.render(&crate::http::Query::read(ask.query.with("of", table.name).as_bytes()))
}

/// Which activity uses which store and discloses to whom, each as a line of its own.
fn picture(map: &Map) -> Markup {
    html! {
        ul.against aria-label="Ways of personal data" { @for one in &map.activities {
            li id={ "activity-" (one.name) } {
                strong { (t(&one.title)) }
                @if !one.stores.is_empty() { " keeps in " (list(&one.stores, "store")) }
                @if !one.recipients.is_empty() { " → discloses to " (list(&one.recipients, "recipient")) }
            }
        } }
    }
}

fn list(names: &[String], kind: &str) -> Markup {
    html! { @for (at, name) in names.iter().enumerate() { @if at > 0 { ", " } a href={ "#" (kind) "-" (name) } { (t(name)) } } }
}

fn anchored(kind: &str, name: &str, title: &str) -> Cell {
    Cell::of(title).shown(html! { span id={ (kind) "-" (name) } { (t(title)) } })
}

fn activities(name: &str, map: &Map, ask: &Ask<'_>) -> Result<Table, Problem> {
    let cells = |one: &Activity| {
        vec![
            Cell::of(one.title.as_str()),
            Cell::of(one.purposes.clone()),
            Cell::of(one.basis),
            Cell::of(one.subjects.clone()),
            Cell::of(one.categories.clone()),
            Cell::of(titles(&one.workloads)).shown(parts::workloads(name, &one.workloads)),
        ]
    };
    Ok(Table {
        name: "activities",
        caption: "Activities",
        columns: vec![
            ("Activity", "activity"),
            ("Purposes", "purposes"),
            ("Basis", "basis"),
            ("Whose data", "dataSubjects"),
            ("Which data", "dataCategories"),
            ("Workloads", "workloads"),
        ],
        rows: Rows::of(&map.activities, all(ask), |one| one.name.as_str().into(), cells)?,
    })
}

fn stores(known: &Snapshot, ask: &Ask<'_>) -> Result<Table, Problem> {
    let (name, map) = (&*known.source, &known.more.map);
    let mut columns = vec![
        ("Store", "store"),
        ("Whose data", "dataSubjects"),
        ("Which data", "dataCategories"),
        ("Workloads", "workloads"),
        ("Ask", "name"),
    ];
    if !known.more.objects.are_there() {
        columns.truncate(4);
    }
    let cells = |one: &Store| {
        vec![
            anchored("store", &one.name, &one.title),
            Cell::of(one.subjects.clone()),
            Cell::of(one.categories.clone()),
            Cell::of(titles(&one.workloads)).shown(parts::workloads(name, &one.workloads)),
            Cell::of(one.name.as_str()).shown(super::questions::of_store(known, &one.name)),
        ]
    };
    Ok(Table {
        name: "stores",
        caption: "Stores",
        columns,
        rows: Rows::of(&map.stores, all(ask), |one| one.name.as_str().into(), cells)?,
    })
}

fn recipients(map: &Map, ask: &Ask<'_>) -> Result<Table, Problem> {
    let cells = |one: &Recipient| {
        vec![
            anchored("recipient", &one.name, &one.name),
            Cell::of(one.service.as_str()),
            Cell::of(one.country.as_str()),
            Cell::of(one.activities.clone()),
            Cell::of(if one.described { "yes" } else { "no" }),
        ]
    };
    Ok(Table {
        name: "recipients",
        caption: "Recipients",
        columns: vec![
            ("Recipient", "recipient"),
            ("What for", "service"),
            ("Country", "country"),
            ("Activities", "activities"),
            ("Described", "described"),
        ],
        rows: Rows::of(&map.recipients, all(ask), |one| one.name.as_str().into(), cells)?,
    })
}

/// Registers are short: a page shows all of one.
fn all<'q>(_: &'q Ask<'_>) -> Want<'q> {
    Want { after: None, most: usize::MAX }
}

fn titles(all: &[crate::sources::map::Workload]) -> Vec<String> {
    let title = |(kind, namespace, name): &crate::sources::map::Workload| match namespace {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    };
    all.iter().map(title).collect()
}
