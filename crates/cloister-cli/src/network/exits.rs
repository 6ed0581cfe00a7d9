//! `cloister network exits`.

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_network::answers::ExitsDocument;
use cloister_network::{Endpoint, Exit, Exits};

use super::Asked;
use super::args;
use crate::output::print;
use crate::table::{Format, Table, indented};

/// Tells every way out.
pub fn run(question: &args::Exits, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let found = asked.network.exits(inventory);
    let text = match question.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&ExitsDocument::of(asked.network, &found))?),
        Format::Csv => table(&found, asked).show(Format::Csv, asked.width),
        Format::Markdown => table(&found, asked).show(Format::Markdown, asked.width),
        Format::Text => text(&found, asked),
    };
    print(&text)?;
    Ok(asked.exit(0))
}

fn names(exit: &Exit, asked: &Asked<'_>) -> Vec<String> {
    let members = super::members(&exit.classes, asked.network);
    members.filter_map(|number| asked.network.endpoint(number)).map(Endpoint::name).collect()
}

fn open(exit: &Exit) -> String {
    let (allowed, unknown) = (exit.verdict.allowed(), exit.verdict.unknown());
    match (allowed.is_empty(), unknown.is_empty()) {
        (_, true) => allowed.to_string(),
        (true, false) => format!("unknown: {unknown}"),
        (false, false) => format!("{allowed}; unknown: {unknown}"),
    }
}

fn text(found: &Exits<'_>, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    let mut last = None;
    for exit in &found.exits {
        if last.replace(&exit.classes) != Some(&exit.classes) {
            text += &indented(&names(exit, asked).join(", "), 0, 2, asked.width);
        }
        text += &indented(&format!("{} → {}", open(exit), exit.addresses.words()), 2, 2, asked.width);
    }
    if text.is_empty() {
        text.push_str("No workload reaches an address outside.\n");
    }
    for (by_policy, head) in [(false, "Services that lead out"), (true, "Names in policies, which are not evaluated")] {
        let mut named = found.names.iter().filter(|it| it.by_policy == by_policy).peekable();
        if named.peek().is_some() {
            text += &format!("\n{head}\n");
        }
        for it in named {
            let (kind, namespace) = (&it.place.resource.kind, it.place.resource.namespace_or_default());
            let said = format!("{} ({kind} {namespace}/{})", it.name, it.place.resource.name);
            text += &indented(&said, 2, 2, asked.width);
        }
    }
    text
}

fn table(found: &Exits<'_>, asked: &Asked<'_>) -> Table {
    let mut table = Table::new(&["workloads", "addresses", "ports"]);
    for exit in &found.exits {
        table.row([names(exit, asked).join("; "), exit.addresses.words(), open(exit)]);
    }
    for it in &found.names {
        let resource = it.place.resource;
        let by = format!("{} {}/{}", resource.kind, resource.namespace_or_default(), resource.name);
        table.row([by, it.name.to_owned(), if it.by_policy { "not evaluated".to_owned() } else { String::new() }]);
    }
    table
}
