//! `cloister rbac matrix`: subjects by resources.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use cloister_rbac::{Class, Grant, Reach, ResourceAction, Subject, VERBS};
use serde_json::{Map, Value, json};

use super::Asked;
use super::args::Matrix;
use super::proof::grant_line;
use crate::output::print;
use crate::question;
use crate::table::{Format, GAP, Table, indented};

/// What leads to data, and how it is headed where there is little room.
const USUAL: [(&str, &str); 9] = [
    ("secrets", "secrets"),
    ("configmaps", "cm"),
    ("pods", "pods"),
    ("pods/exec", "exec"),
    ("pods/portforward", "forward"),
    ("pods/log", "logs"),
    ("persistentvolumeclaims", "pvc"),
    ("deployments.apps", "deploy"),
    ("rolebindings", "bind"),
];

/// A resource that is asked about.
struct Column {
    /// As it was asked for.
    name: String,
    /// For people.
    head: String,
    action: ResourceAction,
    /// Lives outside namespaces.
    cluster_wide: bool,
}

/// A subject at a place: how far it goes, for each column and verb.
struct Row {
    class: Class,
    kind: &'static str,
    name: String,
    /// Empty for everywhere.
    namespace: String,
    cells: Vec<BTreeMap<String, Reach>>,
    /// Where it was asked for: what gives them.
    proof: Vec<String>,
}

/// Shows who may do what.
pub fn run(question: &Matrix, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let columns = columns(question, asked);
    let usual = || VERBS.iter().map(ToString::to_string).collect();
    let verbs: Vec<String> = if question.verbs.is_empty() { usual() } else { question.verbs.clone() };
    let mut rows = rows(question, asked, &columns, &verbs);
    let all = rows.len();
    rows.retain(|row| question.built_in || row.class != Class::BuiltIn);
    let text = match question.from.output {
        Format::Json => format!("{:#}\n", json(&rows, &columns, &verbs)),
        Format::Text => text(&rows, &columns, &verbs, asked.width, all - rows.len()) + &explained(&rows, asked.width),
        format => flat(&rows, &columns).show(format, asked.width),
    };
    asked.note_other_authorizers();
    print(&text)?;
    Ok(asked.exit(0))
}

fn columns(question: &Matrix, asked: &Asked<'_>) -> Vec<Column> {
    let asked_for: Vec<(&str, &str)> = question.resources.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let pairs = if asked_for.is_empty() { USUAL.to_vec() } else { asked_for };
    let column = |(name, head): (&str, &str)| {
        let (action, namespaced, notes) = question::resource(name, &asked.catalogue);
        notes.iter().for_each(|note| eprintln!("note: {note}"));
        Column { name: name.to_owned(), head: head.to_owned(), action, cluster_wide: namespaced == Some(false) }
    };
    pairs.into_iter().map(column).collect()
}

fn rows(question: &Matrix, asked: &Asked<'_>, columns: &[Column], verbs: &[String]) -> Vec<Row> {
    let mut subjects: BTreeMap<(Class, &str, String), (Subject<'_>, BTreeSet<&str>)> = BTreeMap::new();
    for binding in asked.policy.bindings() {
        for subject in &binding.subjects {
            let key = (subject.class(), subject.kind.as_str(), subject.full_name());
            subjects.entry(key).or_insert_with(|| (*subject, BTreeSet::new())).1.insert(binding.namespace);
        }
    }
    let is_asked_for =
        |name: &str| question.subjects.is_empty() || question.subjects.iter().any(|part| name.contains(part.as_str()));
    let mut rows = Vec::new();
    for ((class, kind, name), (subject, places)) in subjects.into_iter().filter(|((.., name), _)| is_asked_for(name)) {
        let places = question.namespace.as_deref().map_or(places, |namespace| BTreeSet::from([namespace]));
        for namespace in places {
            let cells = cells(asked, &subject, namespace, columns, verbs);
            if cells.iter().any(|cell| !cell.is_empty()) {
                let proof =
                    if question.explain { proof(asked, &subject, namespace, columns, verbs) } else { Vec::new() };
                rows.push(Row { class, kind, name: name.clone(), namespace: namespace.to_owned(), cells, proof });
            }
        }
    }
    rows
}

fn cells(
    asked: &Asked<'_>,
    subject: &Subject<'_>,
    namespace: &str,
    columns: &[Column],
    verbs: &[String],
) -> Vec<BTreeMap<String, Reach>> {
    let identity = subject.identity();
    let here = asked.policy.holdings_in(&identity, namespace);
    let everywhere = asked.policy.holdings_in(&identity, "");
    let cell = |column: &Column| {
        let held = if column.cluster_wide { &everywhere } else { &here };
        verbs.iter().filter_map(|verb| Some((verb.clone(), furthest(held, &column.action, verb)?))).collect()
    };
    columns.iter().map(cell).collect()
}

/// `secrets: get, list by RoleBinding a → Role b, rule 1`, for each column and each rule that gives something there.
fn proof(
    asked: &Asked<'_>,
    subject: &Subject<'_>,
    namespace: &str,
    columns: &[Column],
    verbs: &[String],
) -> Vec<String> {
    let identity = subject.identity();
    let (here, everywhere) = (asked.policy.holdings_in(&identity, namespace), asked.policy.holdings_in(&identity, ""));
    let mut lines = Vec::new();
    for column in columns {
        let held = if column.cluster_wide { &everywhere } else { &here };
        for grant in held {
            let given = |verb: &&String| {
                grant.rule.reach(&ResourceAction { verb: (*verb).clone(), ..column.action.clone() }).is_some()
            };
            let given: Vec<&str> = verbs.iter().filter(given).map(String::as_str).collect();
            if !given.is_empty() {
                lines.push(format!("{}: {} by {}", column.head, given.join(", "), grant_line(grant)));
            }
        }
    }
    lines
}

/// The proofs, below who has them.
fn explained(rows: &[Row], width: usize) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| !row.proof.is_empty()) {
        text += &format!("\n{}", indented(&whom(row).replace('\n', ", "), 0, GAP, width));
        row.proof.iter().for_each(|line| text += &indented(line, GAP, GAP, width));
    }
    text
}

fn furthest(held: &[Grant<'_, '_>], action: &ResourceAction, verb: &str) -> Option<Reach> {
    let action = ResourceAction { verb: verb.to_owned(), ..action.clone() };
    held.iter().filter_map(|grant| grant.rule.reach(&action)).max()
}

const HEADS: [(Class, &str); 3] =
    [(Class::Person, "People"), (Class::Workload, "Workloads"), (Class::BuiltIn, "Kubernetes' own")];

fn text(rows: &[Row], columns: &[Column], verbs: &[String], width: usize, hidden: usize) -> String {
    let mut text = String::new();
    for (class, head) in HEADS {
        let of_class: Vec<&Row> = rows.iter().filter(|row| row.class == class).collect();
        if !of_class.is_empty() {
            text += &format!("{head}\n{}\n", table_of(&of_class, columns, verbs, width));
        }
    }
    if text.is_empty() {
        text.push_str("Nobody may do any of it.\n\n");
    }
    text.push_str("g get  l list  w watch  c create  u update  p patch  d delete\nD deletecollection  * all of these  ° only by name\n");
    if hidden > 0 {
        text += &format!("{hidden} rows of Kubernetes' own identities are left out: --built-in shows them\n");
    }
    text
}

/// Below this width, names would be cut to pieces: they get lines of their own.
const NAME: usize = 16;

/// Who beside what they may, or above it where the window is too narrow.
fn table_of(rows: &[&Row], columns: &[Column], verbs: &[String], width: usize) -> String {
    let heads: Vec<&str> = columns.iter().map(|column| column.head.as_str()).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.cells.iter().map(|cell| letters(cell, verbs)).collect()).collect();
    let widest = |(at, head): (usize, &&str)| {
        let cells = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain([head.chars().count()]).max().unwrap_or_default() + GAP
    };
    let needed: usize = heads.iter().enumerate().map(widest).sum();
    if needed + NAME <= width {
        let mut table = Table::new(&[&[""], heads.as_slice()].concat());
        for (row, cells) in rows.iter().zip(cells) {
            table.row(std::iter::once(whom(row)).chain(cells));
        }
        return table.show(Format::Text, width);
    }
    let mut table = Table::new(&heads);
    cells.into_iter().for_each(|cells| table.row(cells));
    let mut lines = table.rows(width.saturating_sub(GAP)).into_iter();
    let inner = |lines: String| lines.lines().map(|line| format!("  {line}\n")).collect::<String>();
    let mut text = lines.next().map(inner).unwrap_or_default();
    for (row, lines) in rows.iter().zip(lines) {
        text += &indented(&whom(row).replace('\n', ", "), 0, GAP, width);
        text += &inner(lines);
    }
    text
}

/// Who, and below it where.
fn whom(row: &Row) -> String {
    let name = row.name.strip_prefix("system:serviceaccount:").unwrap_or(&row.name);
    let kind = if row.kind == "Group" { "group " } else { "" };
    let place = if row.namespace.is_empty() { "everywhere".to_owned() } else { format!("in {}", row.namespace) };
    format!("{kind}{name}\n{place}")
}

fn letters(cell: &BTreeMap<String, Reach>, verbs: &[String]) -> String {
    let is_everything = VERBS.iter().all(|verb| cell.get(*verb) == Some(&Reach::All));
    if cell.is_empty() {
        return "·".to_owned();
    }
    if is_everything {
        return "*".to_owned();
    }
    let letter = |verb: &str| match verb {
        "deletecollection" => "D".to_owned(),
        verb if VERBS.contains(&verb) => verb.chars().take(1).collect(),
        other => format!("{other} "),
    };
    let mark = |reach: &Reach| if *reach == Reach::Named { "°" } else { "" };
    let held = verbs.iter().filter_map(|verb| Some(letter(verb) + mark(cell.get(verb)?)));
    held.collect::<String>().trim_end().to_owned()
}

/// One row each, every verb written out.
fn flat(rows: &[Row], columns: &[Column]) -> Table {
    let heads = ["class", "kind", "name", "where"].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
    let mut table = Table::new(&heads.collect::<Vec<_>>());
    for row in rows {
        let place = if row.namespace.is_empty() { "everywhere" } else { &row.namespace };
        let who = [row.class.as_str(), row.kind, &row.name, place].map(str::to_owned);
        let mark = |reach: Reach| if reach == Reach::Named { " (names)" } else { "" };
        let cell = |cell: &BTreeMap<String, Reach>| {
            let words = VERBS.iter().map(|verb| (*verb).to_owned()).chain(cell.keys().cloned());
            let mut known = BTreeSet::new();
            let held = words.filter_map(|verb| Some((known.insert(verb.clone()), cell.get(&verb)?, verb)));
            let held = held.filter(|(new, ..)| *new).map(|(_, reach, verb)| format!("{verb}{}", mark(*reach)));
            held.collect::<Vec<_>>().join(", ")
        };
        table.row(who.into_iter().chain(row.cells.iter().map(cell)));
    }
    table
}

fn json(rows: &[Row], columns: &[Column], verbs: &[String]) -> Value {
    let row = |row: &Row| {
        let cells = columns.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
            let with = |reach| verbs.iter().filter(|verb| cell.get(*verb) == Some(&reach)).collect::<Vec<_>>();
            (column.name.clone(), json!({ "all": with(Reach::All), "byName": with(Reach::Named) }))
        });
        json!({
            "class": row.class.as_str(), "kind": row.kind, "name": row.name,
            "namespace": Some(&row.namespace).filter(|namespace| !namespace.is_empty()),
            "cells": cells.collect::<Map<String, Value>>(),
        })
    };
    let heads = columns.iter().map(|column| {
        let action = &column.action;
        json!({ "asked": column.name, "group": action.group, "resource": action.resource, "subresource": action.subresource })
    });
    json!({ "verbs": verbs, "columns": heads.collect::<Vec<_>>(), "rows": rows.iter().map(row).collect::<Vec<_>>() })
}
