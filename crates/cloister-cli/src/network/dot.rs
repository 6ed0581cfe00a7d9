//! Connections as a graph in Graphviz' language.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cloister_network::Network;
use cloister_network::document::Document;

use super::list::words;

/// Draws each endpoint, or group of them, once; what is unknown is dashed. Labels are for people: addresses as CIDRs.
pub fn draw(document: &Document, network: &Network<'_>) -> String {
    let called: HashMap<String, String> = network.endpoints().iter().map(|it| (it.name(), it.words())).collect();
    let said = |name: &str| called.get(name).cloned().unwrap_or_else(|| name.to_owned());
    let members: BTreeMap<&str, &[String]> =
        document.groups.iter().map(|group| (&*group.name, group.members.as_slice())).collect();
    let ends = document.connections.iter().flat_map(|it| [&*it.source, &*it.destination]);
    let nodes: BTreeSet<&str> = ends.collect();
    let mut text = String::from("digraph network {\n  rankdir=LR;\n  node [shape=box];\n");
    for node in nodes {
        let joined = |members: &&[String]| members.iter().map(|name| said(name)).collect::<Vec<_>>().join("\n");
        let label = members.get(node).map_or_else(|| said(node), joined);
        text += &format!("  {} [label={}];\n", quoted(node), quoted(&label));
    }
    for it in &document.connections {
        let (source, destination) = (quoted(&it.source), quoted(&it.destination));
        for (ports, style) in [(&it.allowed, ""), (&it.unknown, ", style=dashed")] {
            if !ports.is_empty() {
                text += &format!("  {source} -> {destination} [label={}{style}];\n", quoted(&words(ports)));
            }
        }
    }
    text + "}\n"
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}
