//! Parts and arrows made a graph.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Edge, Graph, Group, Node, Shape};

use super::arrows::{Arrow, Arrows, arrows};
use super::columns::columns;
use super::crowd::Crowds;
use super::fold::{Bands, End, Folded, fold};
use super::outside::{self, Leaving};
use super::parts::{Part, Parts};
use super::{Facts, around, entries, words};
use crate::rbac::label::count;

/// The columns. Workloads take three: those that others do not reach, those in between, and those that reach nobody.
pub(super) const CALLERS: usize = 0;
pub(super) const WAYS_IN: usize = 1;
pub(super) const FIRST: usize = 2;
pub(super) const LAST: usize = 4;
pub(super) const OUTSIDE: usize = 5;

pub(super) fn band(namespace: &str) -> String {
    format!("band/{namespace}")
}

/// The map.
pub(super) fn draw(facts: &Facts<'_, '_>, parts: &Parts) -> Graph {
    let mut arrows = arrows(facts, parts);
    let shown = shown(facts, parts, &arrows);
    let crowds = Crowds::take(&mut arrows, parts);
    let bands = Bands::of(parts);
    let leaving = Leaving::of(&arrows, parts, &bands);
    let folded = fold(&arrows.between, &bands);
    let mut graph = Graph::default();
    let entered = facts.entries.entries.iter().filter_map(|it| parts.of(it.workload)).collect();
    for (number, column) in columns(parts, &folded, &shown, &entered, &leaving.parts()) {
        let within = arrows.between.get(&(number, number));
        let part = parts.all.get(number).map(|part| words::part(facts, parts, part, column, within, &crowds));
        graph.nodes.extend(part);
    }
    add_bands(&mut graph, parts, &folded, &shown);
    for (from, to, arrow) in &folded.between {
        let ends = end(&mut graph, parts, &bands, from, FIRST).zip(end(&mut graph, parts, &bands, to, LAST));
        graph.edges.extend(ends.map(|(from, to)| edge(from, to, arrow)));
    }
    outside::add(&mut graph, facts, parts, &leaving, &bands);
    let ids = shown.iter().filter_map(|it| Some(parts.all.get(*it)?.id.clone())).collect();
    entries::add(&mut graph, facts, parts, &ids);
    outside::add_sides(&mut graph);
    around::add(&mut graph, facts, parts, &arrows, &crowds);
    graph
}

/// The parts that the wish is about: all, those of a namespace and their peers, those that reach what is asked for.
fn shown(facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows) -> BTreeSet<usize> {
    let wish = facts.wish;
    if wish.namespace.is_none() && !wish.is_focused() {
        return (0..parts.all.len()).collect();
    }
    let ends = arrows.between.keys().flat_map(|(from, to)| [*from, *to]);
    let mut shown: BTreeSet<usize> = ends.chain(arrows.outside.keys().map(|(from, _)| *from)).collect();
    let numbered = parts.all.iter().enumerate();
    let named = |part: &Part| {
        let by_name = wish.namespace.is_some_and(|name| part.namespaces.contains(name)) && !wish.is_focused();
        let kept = wish.store.is_some_and(|store| part.keeps.iter().any(|it| it.name == store));
        let is_end = |ends: &[usize]| part.members.iter().any(|it| ends.contains(it));
        by_name || kept || wish.to.is_some_and(is_end) || wish.from.is_some_and(is_end)
    };
    shown.extend(numbered.filter(|(_, part)| named(part)).map(|(number, _)| number));
    shown
}

fn add_bands(graph: &mut Graph, parts: &Parts, folded: &Folded, shown: &BTreeSet<usize>) {
    if !parts.is_banded() {
        return;
    }
    let mut names: BTreeMap<&String, Vec<&Part>> = BTreeMap::new();
    for part in shown.iter().filter_map(|it| parts.all.get(*it)) {
        part.namespaces.iter().for_each(|name| names.entry(name).or_default().push(part));
    }
    for (name, parts) in names {
        let stores: usize = parts.iter().map(|part| part.keeps.len()).sum();
        let kept = (stores > 0).then(|| format!("{} of personal data", count(stores, "store", "stores")));
        let within = folded.within.get(name).map(|it| format!("each reaches each other: {}", words::said(&it.said)));
        let detail: Vec<String> = kept.into_iter().chain(within).collect();
        graph.groups.push(Group {
            id: band(name),
            label: format!("Namespace {name}"),
            detail: detail.join(" · "),
            layers: Some((WAYS_IN, LAST)),
            ..Group::default()
        });
    }
}

/// The id of an end; what stands for several is made a node.
pub(super) fn end(graph: &mut Graph, parts: &Parts, bands: &Bands, end: &End, column: usize) -> Option<String> {
    let way = if column == FIRST { "from" } else { "to" };
    let (id, column, group, label, details) = match end {
        End::Part(part) => return parts.all.get(*part).map(|part| part.id.clone()),
        End::All(name) => {
            (format!("all/{name}/{way}"), column, Some(band(name)), "every workload", vec![format!("of {name}")])
        }
        End::Every => {
            let column = if column == FIRST { CALLERS } else { OUTSIDE };
            (format!("every/{way}"), column, None, "every workload", Vec::new())
        }
        End::Perhaps(some) => {
            let numbers: Vec<String> = some.iter().map(usize::to_string).collect();
            let details = ["if the block holds them:", "their addresses are", "not in the input"];
            let details = details.map(str::to_owned).to_vec();
            (format!("perhaps/{}", numbers.join(",")), OUTSIDE, None, "", details)
        }
    };
    let all = bands.parts(end);
    let label = if label.is_empty() { count(all.len(), "workload", "workloads") } else { label.to_owned() };
    let members = all.iter().filter_map(|it| Some(parts.all.get(*it)?.id.replacen("workload/", "", 1)));
    graph.nodes.push(Node {
        layer: column,
        id: id.clone(),
        group,
        shape: Shape::Pill,
        badge: "ALL".to_owned(),
        full: [label.clone()].into_iter().chain(details.clone()).collect::<Vec<_>>().join(" "),
        label,
        details,
        members: members.collect(),
        ..Node::default()
    });
    Some(id)
}

pub(super) fn edge(from: String, to: String, arrow: &Arrow) -> Edge {
    let label = words::said(&arrow.said);
    let full = format!("{} on {label}", if arrow.partial { "some of them, or some ports:" } else { "reaches" });
    Edge { from, to, full, label, attention: Attention::Ordinary, partial: arrow.partial }
}
