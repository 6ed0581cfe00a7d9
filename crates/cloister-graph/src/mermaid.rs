//! For Mermaid, which code hosts draw.

use std::collections::HashMap;
use std::fmt::Write;

use cloister_model::clean;

use crate::{Attention, Graph, Node, Shape};

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let graph = graph.clone().sorted();
    let ids: HashMap<&str, usize> =
        graph.nodes.iter().enumerate().map(|(index, node)| (node.id.as_str(), index)).collect();
    let mut text = String::from("flowchart LR\n");
    let _ = writeln!(text, "  accTitle: {}", plain(&graph.title));
    let _ = writeln!(text, "  accDescr: {}", plain(&graph.summary));
    for (number, group) in graph.groups.iter().enumerate() {
        let _ = writeln!(text, "  subgraph g{number}[\"{}\"]", entities(&format!("{} {}", group.label, group.detail)));
        let members = graph.nodes.iter().enumerate().filter(|(_, node)| node.group.as_ref() == Some(&group.id));
        members.for_each(|(index, node)| write_node(&mut text, index, node, "    "));
        text.push_str("  end\n");
    }
    let in_group = |node: &Node| graph.groups.iter().any(|group| node.group.as_ref() == Some(&group.id));
    let free = graph.nodes.iter().enumerate().filter(|(_, node)| !in_group(node));
    free.for_each(|(index, node)| write_node(&mut text, index, node, "  "));
    for edge in &graph.edges {
        let ends = ids.get(edge.from.as_str()).zip(ids.get(edge.to.as_str()));
        let Some((from, to)) = ends else { continue };
        let arrow = match (edge.partial, edge.attention) {
            (true, _) => "-.->",
            (false, Attention::Ordinary) => "-->",
            (false, _) => "==>",
        };
        let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", entities(&edge.label)) };
        let _ = writeln!(text, "  n{from} {arrow}{label} n{to}");
    }
    text.push_str("  classDef critical stroke-width:4px\n  classDef high stroke-width:3px\n");
    text.push_str("  classDef missing stroke-dasharray:4 3\n");
    text
}

fn write_node(text: &mut String, index: usize, node: &Node, indent: &str) {
    let (open, close) = match node.shape {
        Shape::Box => ("[", "]"),
        Shape::Pill => ("([", "])"),
        Shape::Cut => ("{{", "}}"),
        Shape::Drum => ("[(", ")]"),
    };
    let head = format!("{} {}", node.attention.mark(), node.label);
    let lines = std::iter::once(head.trim()).chain(node.details.iter().map(String::as_str));
    let label = lines.map(entities).collect::<Vec<_>>().join("<br/>");
    let class = match (node.missing, node.attention) {
        (true, _) => ":::missing",
        (false, Attention::Ordinary) => "",
        (false, Attention::High) => ":::high",
        (false, Attention::Critical) => ":::critical",
    };
    let _ = writeln!(text, "{indent}n{index}{open}\"{label}\"{close}{class}");
}

/// Everything but letters, digits and harmless signs as Mermaid's entities: by number, so that no sign means anything.
fn entities(text: &str) -> String {
    let mut out = String::new();
    for character in clean(text).chars() {
        if character.is_alphanumeric() || matches!(character, ' ' | '.' | ',' | '-' | '/' | ':' | '…' | '·' | '!' | '+')
        {
            out.push(character);
        } else {
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    out
}

/// For directives, which read to the end of the line and know no entities.
fn plain(text: &str) -> String {
    clean(text).chars().map(|character| if "#;{}<>\"`%".contains(character) { ' ' } else { character }).collect()
}
