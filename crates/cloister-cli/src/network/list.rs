//! `cloister network list`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use cloister_graph::{Drawing, Options, svg};
use cloister_inventory::Inventory;
use cloister_network::document::{Document, Grouping, Listed, Ports};
use cloister_network::{Connections, Mesh, Network};
use cloister_pictures::network::Wish;

use super::args::{Group, List, ListFormat};
use super::{Asked, dot, map};
use crate::output::print;
use crate::table::{Format, Table, indented};

/// Beyond so many, endpoints that are alike stand together.
const MOST: usize = 2000;

/// Lists every connection.
pub fn run(list: &List, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let network = asked.network;
    if list.output == ListFormat::Svg {
        return drawn(list, asked, inventory);
    }
    let connections = asked.mesh.map_or_else(|| network.connections(), Mesh::connections);
    super::narrowing::tell(asked.mesh);
    let grouping = match (list.output, list.group) {
        (ListFormat::Text, _) | (_, Group::Always) => Grouping::Always,
        (_, Group::Never) => Grouping::Never,
        (_, Group::Auto) => Grouping::Beyond(MOST),
    };
    let text = match list.output {
        ListFormat::Text => text(network, &connections, asked.width),
        output => {
            let document = Document::of(network, &connections, grouping);
            match output {
                ListFormat::Json => format!("{}\n", serde_json::to_string_pretty(&document)?),
                ListFormat::Dot => dot::draw(&document, network),
                ListFormat::Csv => table(&document).show(Format::Csv, asked.width),
                _ => table(&document).show(Format::Markdown, asked.width),
            }
        }
    };
    print(&text)?;
    Ok(asked.exit(0))
}

/// The list as a picture.
fn drawn(list: &List, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let of = list.from.source.title();
    let wish = Wish { of: &of, without_mesh: list.mesh.without_mesh, ..Wish::default() };
    let picture = map::picture(asked, inventory, &wish);
    print(&svg(&Drawing::new(picture), &Options::default()))?;
    Ok(asked.exit(0))
}

/// By source: each line the ports, and who is reached on them.
fn text(network: &Network<'_>, connections: &Connections, width: usize) -> String {
    let names = |classes: &[usize]| {
        let members = classes.iter().flat_map(|class| network.members(*class));
        let mut members: Vec<usize> = members.copied().collect();
        members.sort_unstable();
        let names = members.iter().filter_map(|number| network.endpoint(*number)).map(|it| it.words());
        names.collect::<Vec<_>>()
    };
    let mut by_sources: BTreeMap<Vec<String>, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for connection in &connections.groups {
        let said = by_sources.entry(names(&connection.sources)).or_default();
        let (allowed, unknown) = (connection.verdict.allowed(), connection.verdict.unknown());
        let mut words = Vec::new();
        if !allowed.is_empty() {
            words.push(allowed.to_string());
        }
        if !unknown.is_empty() {
            words.push(format!("unknown: {unknown}"));
        }
        said.push((words.join("; "), names(&connection.destinations)));
    }
    let mut text = String::new();
    for (sources, mut said) in by_sources {
        said.sort();
        text += &indented(&sources.join(", "), 0, 2, width);
        for (ports, destinations) in said {
            text += &indented(&format!("{ports} → {}", destinations.join(", ")), 2, 2, width);
        }
    }
    if text.is_empty() {
        text.push_str("No connection is let through.\n");
    }
    text
}

fn table(document: &Document) -> Table {
    let members: BTreeMap<&str, String> =
        document.groups.iter().map(|group| (&*group.name, group.members.join("; "))).collect();
    let who = |name: &String| members.get(&**name).unwrap_or(name).clone();
    let mut table = Table::new(&["source", "destination", "allowed", "unknown"]);
    for Listed { source, destination, allowed, unknown } in &document.connections {
        table.row([who(source), who(destination), words(allowed), words(unknown)]);
    }
    table
}

/// `TCP 80,443 UDP 53`.
pub fn words(ports: &[Ports]) -> String {
    let one = |ports: &Ports| {
        let ranges = ports.ports.iter().map(|range| match range.first == range.last {
            true => range.first.to_string(),
            false => format!("{}-{}", range.first, range.last),
        });
        format!("{} {}", ports.protocol, ranges.collect::<Vec<_>>().join(","))
    };
    ports.iter().map(one).collect::<Vec<_>>().join(" ")
}
