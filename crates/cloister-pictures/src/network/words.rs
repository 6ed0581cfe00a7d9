//! Words on the map, and around it.

use std::collections::BTreeSet;

use cloister_graph::{Attention, Graph, Node, Shape};
use cloister_model::PersonalData;
use cloister_network::{PortSet, Tls};

use super::Facts;
use super::arrows::{Arrow, Arrows, Said};
use super::draw::OUTSIDE;
use super::parts::{Level, Part, Parts};
use crate::rbac::label::{count, lines};

const HEADINGS: [&str; 6] = ["From outside", "by ways in", "to workloads", "which reach", "these, and", "outside"];
const LEGEND: [(&str, &str); 6] = [
    ("IN", "way in from outside"),
    ("W", "workload"),
    ("D", "store of personal data"),
    ("NS", "namespace"),
    ("ALL", "all of them, but for the other end"),
    ("O", "addresses outside"),
];

/// `TCP 80, UDP 53`.
pub(super) fn ports(ports: &PortSet) -> String {
    ports.to_string()
}

/// Encryption where it is known, and ports; those of which the input does not tell carry a question mark.
pub(super) fn said(said: &Said) -> String {
    let open = (!said.allowed.is_empty()).then(|| ports(&said.allowed));
    let unknown = (!said.unknown.is_empty()).then(|| ports(&said.unknown) + "?");
    let all: Vec<String> = open.into_iter().chain(unknown).collect();
    format!("{}{}", if said.mutual { "mTLS " } else { "" }, all.join(", "))
}

/// How a way in is encrypted, on the side of its callers.
pub(super) fn front(tls: Tls) -> &'static str {
    match tls {
        Tls::None => "plain",
        Tls::Optional => "plain or TLS",
        Tls::Terminated | Tls::Reencrypted | Tls::PassedThrough => "TLS",
        Tls::Unknown => "any bytes",
    }
}

/// A place outside.
pub(super) fn outside(layer: usize, id: &str, label: String, full: &str) -> Node {
    Node {
        layer,
        id: id.to_owned(),
        shape: Shape::Cut,
        badge: if layer == OUTSIDE { "O" } else { "" }.to_owned(),
        label,
        full: full.to_owned(),
        ..Node::default()
    }
}

/// Addresses as a label: the first letter large.
pub(super) fn place(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A part of the map.
pub(super) fn part(facts: &Facts<'_, '_>, parts: &Parts, part: &Part, column: usize, within: &Option<Arrow>) -> Node {
    let network = facts.network;
    let workloads: Vec<_> = part.members.iter().filter_map(|it| network.endpoint(*it)?.workload()).collect();
    let names: Vec<&str> = workloads.iter().map(|it| it.name).collect();
    let namespaces: Vec<&str> = part.namespaces.iter().map(String::as_str).collect();
    let is_store = part.keeps.len() == part.members.len();
    let as_namespace = matches!(parts.level, Level::Namespaces | Level::Whole | Level::NamespacesAlike);
    let (label, mut details, badge) = match (workloads.as_slice(), namespaces.as_slice()) {
        ([one], _) if !part.id.starts_with("namespace") => {
            let place = as_namespace.then(|| format!("{} of {}", one.kind, one.namespace));
            (one.name.to_owned(), vec![place.unwrap_or_else(|| one.kind.to_owned())], if is_store { "D" } else { "W" })
        }
        (many, [name]) if as_namespace => ((*name).to_owned(), vec![count(many.len(), "workload", "workloads")], "NS"),
        (many, _) if as_namespace => {
            let label = count(namespaces.len(), "namespace", "namespaces");
            let all = format!("alike, {}", count(many.len(), "workload", "workloads"));
            (label, lines(&namespaces, 2).into_iter().chain([all]).collect(), "NS")
        }
        (many, _) => (count(many.len(), "workload alike", "workloads alike"), lines(&names, 2), "W"),
    };
    let kept = kept(part, workloads.first().map(|it| it.name));
    details.extend(kept.iter().cloned());
    let all = part.members.len();
    details.extend(open(part.open.0, all).map(|who| format!("{who}no policy on way in")));
    details.extend(open(part.open.1, all).map(|who| format!("{who}no policy on way out")));
    details.extend(within.as_ref().map(|arrow| {
        let some = if arrow.partial { "some of them, on " } else { "" };
        format!("each other: {some}{}", said(&arrow.said))
    }));
    let full = match workloads.as_slice() {
        [one] => format!("{one}, {}", details.iter().skip(1).cloned().collect::<Vec<_>>().join(", ")),
        _ => format!("{label} in {}: {}", namespaces.join(", "), details.join(", ")),
    };
    Node {
        layer: column,
        id: part.id.clone(),
        group: parts.is_banded().then(|| namespaces.first().map(|name| super::draw::band(name))).flatten(),
        shape: if is_store { Shape::Drum } else { Shape::Box },
        badge: badge.to_owned(),
        label,
        full: full.trim_end_matches(", ").to_owned(),
        details,
        attention: Attention::Ordinary,
        members: if all > 1 { workloads.iter().map(ToString::to_string).collect() } else { Vec::new() },
        ..Node::default()
    }
}

/// What a part keeps.
fn kept(part: &Part, name: Option<&str>) -> Vec<String> {
    match part.keeps.as_slice() {
        [] => Vec::new(),
        [one] if part.members.len() == 1 => {
            let declared = (name != Some(one.name.as_str())).then(|| format!("store {}", one.name));
            declared.into_iter().chain([one.what.clone()]).collect()
        }
        many => {
            let special = many.iter().filter(|it| it.level == PersonalData::Special).count();
            let stores = count(many.len(), "store of personal data", "stores of personal data");
            let special = (special > 0).then(|| format!("{special} of special categories"));
            std::iter::once(stores).chain(special).collect()
        }
    }
}

/// Whom nothing limits: all of a part, or so many of them.
fn open(number: usize, all: usize) -> Option<String> {
    match number {
        0 => None,
        number if number == all => Some(String::new()),
        number => Some(format!("{number} with ")),
    }
}

/// Title, summary, names of columns, legend, and what is not drawn.
pub(super) fn around(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows) {
    graph.title = title(facts);
    graph.summary = summary(graph, facts, parts, arrows);
    graph.headings = HEADINGS.iter().map(|&heading| heading.to_owned()).collect();
    graph.legend = LEGEND.iter().map(|&(badge, meaning)| (badge.to_owned(), meaning.to_owned())).collect();
    graph.notes = notes(graph, facts, parts, arrows);
}

fn title(facts: &Facts<'_, '_>) -> String {
    let wish = facts.wish;
    let to = wish.to.and_then(|to| facts.network.endpoint(*to.first()?)).map(|it| it.name());
    let mut title = match (wish.store, to) {
        (Some(store), _) => format!("Who reaches the data of {store}"),
        (None, Some(to)) => format!("Who reaches {to}"),
        (None, None) => "Who reaches whom".to_owned(),
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
