//! For Graphviz.

use std::collections::HashMap;
use std::fmt::Write;

use cloister_model::clean;

use crate::{Attention, Graph, Node, Shape};

/// The graph in the DOT language; layers are ranks, bands are clusters.
pub fn dot(graph: &Graph) -> String {
    let graph = graph.clone().sorted();
    let ids: HashMap<&str, usize> =
        graph.nodes.iter().enumerate().map(|(index, node)| (node.id.as_str(), index)).collect();
    let mut text = String::from("digraph cloister {\n  rankdir=LR;\n  newrank=true;\n");
    let _ = writeln!(text, "  label={};\n  labelloc=t;", quote(&graph.title));
    text.push_str("  node [fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  n{index} [{}];", attributes(node));
    }
    for (index, group) in graph.groups.iter().enumerate() {
        let members = graph.nodes.iter().enumerate().filter(|(_, node)| node.group.as_ref() == Some(&group.id));
        let members: String = members.map(|(index, _)| format!(" n{index};")).collect();
        let label = quote(&format!("{} {}", group.label, group.detail));
        let _ = writeln!(text, "  subgraph cluster_{index} {{ label={label};{members} }}");
    }
    for layer in 0..=graph.nodes.iter().map(|node| node.layer).max().unwrap_or(0) {
        let same = graph.nodes.iter().enumerate().filter(|(_, node)| node.layer == layer);
        let same: String = same.map(|(index, _)| format!(" n{index};")).collect();
        let _ = writeln!(text, "  {{ rank=same;{same} }}");
    }
    for edge in &graph.edges {
        let ends = ids.get(edge.from.as_str()).zip(ids.get(edge.to.as_str()));
        let Some((from, to)) = ends else { continue };
        let style = if edge.partial { ", style=dashed" } else { "" };
        let width = if edge.attention == Attention::Ordinary { "" } else { ", penwidth=2" };
        let _ = writeln!(text, "  n{from} -> n{to} [label={}{style}{width}];", quote(&edge.label));
    }
    text.push_str("}\n");
    text
}

fn attributes(node: &Node) -> String {
    let shape = match node.shape {
        Shape::Box => "box",
        Shape::Pill => "ellipse",
        Shape::Cut => "octagon",
        Shape::Drum => "cylinder",
    };
    let width = if node.attention == Attention::Ordinary { 1 } else { 2 };
    let style = if node.missing { ", style=dashed" } else { "" };
    let mark = node.attention.mark();
    let head = [mark, &node.label].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let lines: Vec<&str> = std::iter::once(head.as_str()).chain(node.details.iter().map(String::as_str)).collect();
    let tooltip = quote(&node.full);
    format!("label={}, tooltip={tooltip}, shape={shape}, penwidth={width}{style}", lines_of(&lines))
}

/// A quoted string; only `"` ends it, and `\` is never left to begin an escape.
fn quote(text: &str) -> String {
    lines_of(&[text])
}

fn lines_of(lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| clean(line).replace('\\', "\\\\").replace('"', "\\\""));
    format!("\"{}\"", lines.collect::<Vec<_>>().join("\\n"))
}
