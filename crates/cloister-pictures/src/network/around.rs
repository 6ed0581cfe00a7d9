//! What stands around the map: title, summary, names of columns, legend, and what is not drawn.

use std::collections::BTreeSet;

use cloister_graph::Graph;

use super::Facts;
use super::arrows::Arrows;
use super::crowd::Crowds;
use super::parts::{Level, Parts};
use crate::rbac::label::count;

const HEADINGS: [&str; 6] = ["From outside", "by ways in", "to workloads", "which reach", "these, and", "outside"];
const LEGEND: [(&str, &str); 6] = [
    ("IN", "way in from outside"),
    ("W", "workload"),
    ("D", "store of personal data"),
    ("NS", "namespace"),
    ("ALL", "all of them, but for the other end"),
    ("O", "addresses outside"),
];

/// Title, summary, names of columns, legend, and what is not drawn.
pub(super) fn add(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows, crowds: &Crowds) {
    graph.title = title(facts);
    graph.summary = summary(graph, facts, parts, arrows);
    graph.headings = HEADINGS.iter().map(|&heading| heading.to_owned()).collect();
    graph.legend = LEGEND.iter().map(|&(badge, meaning)| (badge.to_owned(), meaning.to_owned())).collect();
    graph.notes = notes(graph, facts, parts, arrows);
    if !crowds.is_empty() {
        let words = "What many reach, or who reaches many, is written in it and not drawn; cloister network list tells \
                     each connection.";
        graph.notes.insert(0, words.to_owned());
    }
}

fn title(facts: &Facts<'_, '_>) -> String {
    let wish = facts.wish;
    let to = wish.to.and_then(|to| facts.network.endpoint(*to.first()?)).map(|it| it.name());
    let from = wish.from.and_then(|from| facts.network.endpoint(*from.first()?)).map(|it| it.name());
    let mut title = match (wish.store, to, from) {
        (Some(store), _, _) => format!("Who reaches the data of {store}"),
        (None, Some(to), _) => format!("Who reaches {to}"),
        (None, None, Some(from)) => format!("What {from} reaches"),
        (None, None, None) => "Who reaches whom".to_owned(),
    };
    if let Some(namespace) = wish.namespace {
        title.push_str(&format!(", namespace {namespace}"));
    }
    if !wish.of.is_empty() {
        title.push_str(&format!(" · {}", wish.of));
    }
    title
}

fn summary(graph: &Graph, facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows) -> String {
    let workloads: usize = parts.all.iter().map(|part| part.members.len()).sum();
    let namespaces: BTreeSet<&String> = parts.all.iter().flat_map(|part| &part.namespaces).collect();
    let stores: usize = parts.all.iter().map(|part| part.keeps.len()).sum();
    let policies = facts.network.policies().len();
    let place = format!(
        "{} in {}, {} of personal data, {}.",
        count(workloads, "workload", "workloads"),
        count(namespaces.len(), "namespace", "namespaces"),
        count(stores, "store", "stores"),
        count(policies, "policy", "policies"),
    );
    if policies == 0 && !facts.wish.is_focused() && arrows.between.is_empty() && workloads > 0 {
        return format!(
            "No policies: every workload reaches every other on every port, and every address outside. {place}"
        );
    }
    let ways = graph.nodes.iter().filter(|node| node.badge == "IN").count();
    let ways = if ways > 0 { format!(" Drawn: {} in.", count(ways, "way", "ways")) } else { String::new() };
    let folded = if parts.level == Level::Workloads { "" } else { " What is alike is drawn as one." };
    format!("{place}{ways}{folded}")
}

fn notes(graph: &Graph, facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows) -> Vec<String> {
    let mut notes = Vec::new();
    let (undecided, mutual) = arrows.undecided;
    if undecided > 0 {
        let into: usize = parts.all.iter().map(|part| part.open.0).sum();
        let out: usize = parts.all.iter().map(|part| part.open.1).sum();
        let mesh = if mutual > 0 { format!("; the mesh encrypts {mutual} of them") } else { String::new() };
        notes.push(format!(
            "Not drawn, since no policy decides it: each of {} without a policy on its way out reaches each of {} without \
             one on its way in, on every port: {}{mesh}.",
            count(out, "workload", "workloads"),
            into,
            count(undecided, "connection", "connections"),
        ));
    }
    let unknown = graph.edges.iter().any(|edge| edge.label.contains('?'));
    notes.extend(unknown.then(|| "A question mark: the input does not tell whether these ports are open.".to_owned()));
    if facts.leaves_mesh_out {
        notes.push(
            "What Istio's mesh closes and encrypts is not drawn, for there are too many connections to ask it about each: \
             cloister network list and plaintext tell it."
                .to_owned(),
        );
    }
    let encryption = "\"plain\" and \"TLS\" are said of ways in, \"mTLS\" where Istio encrypts; of other connections the input \
                      does not tell whether they are encrypted.";
    notes.push(encryption.to_owned());
    if facts.network.policies().iter().next().is_some() || arrows.nodes {
        notes.push(
            "Not drawn: connections with nodes, and what policies let in from addresses outside without a way in; \
             cloister network list tells them."
                .to_owned(),
        );
    }
    let foreign = facts.network.not_evaluated();
    if let Some(first) = foreign.first() {
        let of = count(foreign.len(), "policy", "policies");
        notes.push(format!(
            "Not evaluated: {of} of a network plugin's own kinds, such as {} {}.",
            first.resource.kind, first.resource.name
        ));
    }
    let dead = facts.entries.dead_ends.len();
    if dead > 0 {
        let ways = count(dead, "way in leads", "ways in lead");
        notes.push(format!("Not drawn: {ways} nowhere; cloister network entries tells why."));
    }
    if graph.nodes.is_empty() {
        notes.push("Nothing here reaches it.".to_owned());
    }
    if facts.entries.left_out > 0 {
        notes.push(format!("Not drawn: {} or more ways in, which are too many to follow.", facts.entries.left_out));
    }
    notes
}
