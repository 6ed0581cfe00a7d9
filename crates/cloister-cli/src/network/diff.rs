//! `cloister network diff`: connections gained and lost by a change.

use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_network::answers::DiffDocument;
use cloister_network::{Changes, Mesh, Network, differences_within};

use super::args::Diff;
use super::{options, tell};
use crate::input::Sources;
use crate::input::read;
use crate::output::print;
use crate::table::{Format, Table, indented};
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Compares two sides.
pub fn run(diff: &Diff, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (before, after) = sides(diff)?;
    let mut known = options(&diff.known)?;
    let ((before, lost_before), (after, lost_after)) = (read(before, terminal)?, read(after, terminal)?);
    let (before, after) = (ManuallyDrop::new(before), ManuallyDrop::new(after));
    let with_mesh = !diff.mesh.without_mesh;
    known.mesh = with_mesh;
    // Addresses are cut alike on both sides.
    known.cut = Network::new(&before, &known).cuts();
    let newer = Network::new(&after, &known);
    known.cut = newer.cuts();
    let older = Network::new(&before, &known);
    let lost = lost_before | lost_after | tell(&older, &before) | tell(&newer, &after);
    let meshes = [Mesh::of(&older, &before), Mesh::of(&newer, &after)].map(|mesh| mesh.filter(|_| with_mesh));
    let changes = differences_within(&older, &newer, meshes.each_ref().map(Option::as_ref));
    let all = older.endpoints().iter().chain(newer.endpoints());
    // A block of addresses is named by its ends, and said in words.
    let words: HashMap<String, String> = all.map(|endpoint| (endpoint.name(), endpoint.words())).collect();
    print(&show(diff.output, &changes, &words, terminal.width())?)?;
    Ok(ExitCode::from(if lost { 2 } else { u8::from(!changes.all.is_empty()) }))
}

fn sides(diff: &Diff) -> anyhow::Result<(Sources, Sources)> {
    let files = |path: &std::path::Path| Sources { paths: vec![path.to_owned()], ..Sources::default() };
    match (diff.sides.as_slice(), diff.live.is_named()) {
        ([before, after], false) => Ok((files(before), files(after))),
        ([after], true) => Ok((diff.live.sources(&[]), files(after))),
        (_, true) => Err(failure("three sides cannot be compared", "name one path beside --cluster")),
        _ => Err(failure("there is only one side", "name another path, or --cluster")),
    }
}

fn show(format: Format, changes: &Changes, words: &HashMap<String, String>, width: usize) -> anyhow::Result<String> {
    Ok(match format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&DiffDocument::from(changes))?),
        Format::Csv => table(changes).show(Format::Csv, width),
        Format::Markdown => table(changes).show(Format::Markdown, width),
        Format::Text => text(changes, words, width),
    })
}

fn text(changes: &Changes, words: &HashMap<String, String>, width: usize) -> String {
    let said = |names: &[String]| {
        let said: Vec<&str> = names.iter().map(|name| words.get(name).unwrap_or(name).as_str()).collect();
        said.join(", ")
    };
    let mut text = String::new();
    for (head, names) in [("New", &changes.new), ("Gone", &changes.gone)] {
        if !names.is_empty() {
            text += &indented(&format!("{head}: {}", said(names)), 0, 2, width);
        }
    }
    for change in &changes.all {
        let ends = format!("{} → {}", said(&change.sources), said(&change.destinations));
        text += &indented(&ends, 0, 2, width);
        let unknown = change.after.unknown().difference(&change.before.unknown());
        for (sign, ports) in [("+", change.gained()), ("-", change.lost()), ("?", unknown)] {
            if !ports.is_empty() {
                text += &indented(&format!("{sign} {ports}"), 2, 2, width);
            }
        }
    }
    if changes.all.is_empty() {
        text.push_str("The same connections: none is gained and none is lost.\n");
    }
    text
}

fn table(changes: &Changes) -> Table {
    let mut table = Table::new(&["sources", "destinations", "gained", "lost"]);
    for change in &changes.all {
        let words = |ports: cloister_network::PortSet| if ports.is_empty() { String::new() } else { ports.to_string() };
        let ends = [change.sources.join("; "), change.destinations.join("; ")];
        table.row(ends.into_iter().chain([words(change.gained()), words(change.lost())]));
    }
    table
}
