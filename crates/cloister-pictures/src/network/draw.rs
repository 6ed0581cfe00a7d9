//! Parts and arrows made a graph.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Edge, Graph, Group, Node, Shape};

use super::arrows::{Arrow, Arrows, addresses, arrows};
use super::fold::{Bands, End, Folded, fold};
use super::parts::{Level, Part, Parts};
use super::{Facts, entries, words};
use crate::rbac::label::{count, lines};

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
    let arrows = arrows(facts, parts);
    let bands = Bands::of(parts);
    let folded = fold(&arrows.between, &bands);
    let shown = shown(facts, parts, &arrows);
    let mut graph = Graph::default();
    let columns = columns(facts, parts, &arrows, &shown);
    for part in shown.iter().filter_map(|it| parts.all.get(*it)) {
        let column = columns.get(&part.id).copied().unwrap_or(FIRST);
        graph.nodes.push(words::part(facts, parts, part, column, &within(parts, &arrows, part)));
    }
    add_bands(&mut graph, parts, &folded, &shown);
    for (from, to, arrow) in &folded.between {
        let ends = end(&mut graph, parts, &bands, from, FIRST).zip(end(&mut graph, parts, &bands, to, LAST));
        graph.edges.extend(ends.map(|(from, to)| edge(from, to, arrow)));
    }
    add_outside(&mut graph, facts, parts, &arrows, &bands);
    let ids = shown.iter().filter_map(|it| Some(parts.all.get(*it)?.id.clone())).collect();
    entries::add(&mut graph, facts, parts, &ids);
    add_sides(&mut graph);
    words::around(&mut graph, facts, parts, &arrows);
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
        by_name || kept || wish.to.is_some_and(|to| part.members.iter().any(|it| to.contains(it)))
    };
    shown.extend(numbered.filter(|(_, part)| named(part)).map(|(number, _)| number));
    shown
}

/// Those that are not reached stand first, those that reach nobody last, and those without arrows wherever there is
/// room.
fn columns(facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows, shown: &BTreeSet<usize>) -> BTreeMap<String, usize> {
    let pairs = || arrows.between.keys().filter(|(from, to)| from != to);
    let from: BTreeSet<usize> = pairs().map(|(from, _)| *from).collect();
    let to: BTreeSet<usize> = pairs().map(|(_, to)| *to).collect();
    let entered: BTreeSet<usize> = facts.entries.entries.iter().filter_map(|it| parts.of(it.workload)).collect();
    let leaving: BTreeSet<usize> = arrows.outside.keys().map(|(from, _)| *from).collect();
    let mut free: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut column = |number: usize, part: &Part| match (from.contains(&number), to.contains(&number)) {
        _ if entered.contains(&number) => FIRST,
        (true, false) => FIRST,
        (false, true) => LAST,
        (true, true) if part.keeps.is_empty() => FIRST + 1,
        (true, true) => LAST,
        (false, false) if leaving.contains(&number) => LAST,
        (false, false) => {
            let next = free.entry(part.namespaces.first().filter(|_| parts.is_banded()).cloned()).or_default();
            *next += 1;
            FIRST + (*next - 1) % 3
        }
    };
    let placed = shown.iter().filter_map(|it| Some((*it, parts.all.get(*it)?)));
    placed.map(|(number, part)| (part.id.clone(), column(number, part))).collect()
}

impl Parts {
    /// Whether namespaces are bands, and not nodes.
    pub fn is_banded(&self) -> bool {
        matches!(self.level, Level::Workloads | Level::Alike)
    }
}

/// What members of a part do among each other.
fn within(parts: &Parts, arrows: &Arrows, part: &Part) -> Option<Arrow> {
    let number = part.members.first().and_then(|it| parts.of(*it))?;
    arrows.between.get(&(number, number)).cloned()
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
fn end(graph: &mut Graph, parts: &Parts, bands: &Bands, end: &End, column: usize) -> Option<String> {
    let (id, label, group, members, column) = match end {
        End::Part(part) => return parts.all.get(*part).map(|part| part.id.clone()),
        End::All(name) => {
            let members: Vec<usize> = bands.members(name).collect();
            let id = format!("all/{name}/{}", if column == FIRST { "from" } else { "to" });
            (id, format!("every workload of {name}"), Some(band(name)), members, column)
        }
        End::Every => {
            let (id, column) = if column == FIRST { ("every/from", CALLERS) } else { ("every/to", OUTSIDE) };
            (id.to_owned(), "every workload".to_owned(), None, (0..parts.all.len()).collect(), column)
        }
    };
    let members = members.iter().filter_map(|it| Some(parts.all.get(*it)?.id.replacen("workload/", "", 1)));
    graph.nodes.push(Node {
        layer: column,
        id: id.clone(),
        group,
        shape: Shape::Pill,
        badge: "ALL".to_owned(),
        full: label.clone(),
        label,
        members: members.collect(),
        ..Node::default()
    });
    Some(id)
}

fn edge(from: String, to: String, arrow: &Arrow) -> Edge {
    let label = words::said(&arrow.said);
    let full = format!("{} on {label}", if arrow.partial { "some of them, or some ports:" } else { "reaches" });
    Edge { from, to, full, label, attention: Attention::Ordinary, partial: arrow.partial }
}

/// More places outside than these are not told apart.
const PLACES: usize = 8;
/// More parts that go everywhere than these are counted.
const LEAVING: usize = 8;

fn add_outside(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, arrows: &Arrows, bands: &Bands) {
    let open = |part: usize| parts.all.get(part).is_some_and(|part| part.open.1 == part.members.len());
    let leaving: BTreeSet<usize> =
        arrows.outside.iter().filter(|((from, _), _)| open(*from)).map(|((from, _), _)| *from).collect();
    let few = leaving.len() <= LEAVING;
    let drawn: BTreeMap<(usize, Vec<usize>), Arrow> = arrows
        .outside
        .iter()
        .filter(|((from, _), _)| few || !leaving.contains(from))
        .map(|(key, arrow)| (key.clone(), arrow.clone()))
        .collect();
    if !few {
        let label = "Every address".to_owned();
        let mut node = words::outside(OUTSIDE, "outside/open", label, "every address outside");
        node.details = lines(&["from all that", "no policy limits"], 2);
        node.details.push(format!("({} here)", count(leaving.len(), "part", "parts")));
        graph.nodes.push(node);
    }
    let places: BTreeSet<&Vec<usize>> = drawn.keys().map(|(_, classes)| classes).collect();
    let told = places.len() <= PLACES;
    for (from, classes, arrow) in bands.sources(&drawn) {
        let Some(from) = end(graph, parts, bands, &from, FIRST) else { continue };
        let words = addresses(facts.network, &classes).words();
        let (id, label, full) = if told {
            (format!("outside/{words}"), words::place(&words), format!("outside: {words}"))
        } else {
            ("outside/some".to_owned(), "Some addresses".to_owned(), "some addresses outside".to_owned())
        };
        graph.nodes.push(words::outside(OUTSIDE, &id, label, &full));
        let arrow = Arrow { partial: arrow.partial || !told, ..arrow };
        graph.edges.push(edge(from, id, &arrow));
    }
}

/// What stands left and right of the bands stands in bands of its own.
fn add_sides(graph: &mut Graph) {
    for (layer, id, label) in [(CALLERS, "side/callers", "From"), (OUTSIDE, "side/outside", "Outside")] {
        let mut any = false;
        for node in graph.nodes.iter_mut().filter(|node| node.layer == layer && node.group.is_none()) {
            node.group = Some(id.to_owned());
            any = true;
        }
        if any {
            let (id, label, layers) = (id.to_owned(), label.to_owned(), Some((layer, layer)));
            graph.groups.push(Group { id, label, layers, ..Group::default() });
        }
    }
}
