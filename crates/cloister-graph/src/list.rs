//! The same in words: one line a node, with what it leads to.

use std::collections::HashMap;
use std::fmt::Write;

use cloister_model::clean;

use crate::{Attention, Edge, Graph, Node};

/// Every node under its band, and every edge under its node.
pub fn list(graph: &Graph) -> String {
    let graph = graph.clone().sorted();
    let names: HashMap<&str, &Node> = graph.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut leaving: HashMap<&str, Vec<&Edge>> = HashMap::new();
    graph.edges.iter().for_each(|edge| leaving.entry(&edge.from).or_default().push(edge));
    let known: Vec<&String> = graph.groups.iter().map(|group| &group.id).collect();
    let mut text = String::new();
    let heads = [&graph.title, &graph.summary].into_iter().filter(|line| !line.is_empty());
    heads.for_each(|line| put(&mut text, "", line));
    let bands = graph.groups.iter().map(|group| (Some(&group.id), format!("{} {}", group.label, group.detail)));
    for (id, head) in bands.chain([(None, String::new())]) {
        let is_here = |node: &&Node| node.group.as_ref().filter(|group| known.contains(group)) == id;
        let mut here = graph.nodes.iter().filter(is_here).peekable();
        if here.peek().is_some() {
            text.push('\n');
            put(&mut text, "", head.trim());
        }
        for node in here {
            put(&mut text, "  ", &in_words(node));
            for edge in leaving.get(node.id.as_str()).into_iter().flatten() {
                names.get(edge.to.as_str()).iter().for_each(|target| put(&mut text, "    → ", &lead(edge, target)));
            }
        }
    }
    let ways = graph.highlights.iter().map(|way| format!("{}  {}", way.name, way.full));
    let rest: Vec<String> = ways.chain(graph.notes.iter().cloned()).collect();
    text.push_str(if rest.is_empty() { "" } else { "\n" });
    rest.iter().for_each(|line| put(&mut text, "", line));
    text
}

/// A line; what is in it cannot break it.
fn put(text: &mut String, indent: &str, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{indent}{}", clean(line));
}

/// A node in words, as it is read out.
pub(crate) fn in_words(node: &Node) -> String {
    match node.attention {
        Attention::Ordinary => node.full.clone(),
        attention => format!("{} · {}", node.full, attention.as_str()),
    }
}

fn lead(edge: &Edge, target: &Node) -> String {
    let some = if edge.partial { "some of them " } else { "" };
    if edge.label.is_empty() || target.full.starts_with(&edge.label) {
        return format!("{some}{}", target.full);
    }
    format!("{some}{}: {}", edge.label, target.full)
}
