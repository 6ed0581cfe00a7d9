//! What workloads reach outside, and what stands left and right of the bands.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Graph, Group};

use super::Facts;
use super::arrows::{Arrow, Arrows, addresses};
use super::draw::{CALLERS, FIRST, OUTSIDE, edge, end};
use super::fold::{Bands, End};
use super::parts::Parts;
use super::words;
use crate::rbac::label::{count, lines};

/// More places outside than these are not told apart.
const PLACES: usize = 8;
/// More ends that go to one place than these are counted.
const LEAVING: usize = 8;

/// What leaves, and how much of it is drawn.
pub(super) struct Leaving {
    /// How many workloads that no policy limits, where they are counted.
    counted: usize,
    /// Where from, the classes of addresses, and what is open.
    ways: Vec<(End, Vec<usize>, Arrow)>,
}

impl Leaving {
    pub fn of(arrows: &Arrows, parts: &Parts, bands: &Bands) -> Leaving {
        let open = |part: usize| parts.all.get(part).is_some_and(|part| part.open.1 == part.members.len());
        let leaving: BTreeSet<usize> =
            arrows.outside.keys().map(|(from, _)| *from).filter(|from| open(*from)).collect();
        let many = leaving.len() > LEAVING;
        let members = |part: &usize| parts.all.get(*part).map_or(0, |part| part.members.len());
        let kept = arrows.outside.iter().filter(|((from, _), _)| !many || !leaving.contains(from));
        let kept: BTreeMap<(usize, Vec<usize>), Arrow> =
            kept.map(|(key, arrow)| (key.clone(), arrow.clone())).collect();
        Leaving { counted: if many { leaving.iter().map(members).sum() } else { 0 }, ways: bands.sources(&kept) }
    }

    /// From how many ends each place is reached.
    fn ends(&self) -> BTreeMap<&[usize], usize> {
        let mut ends: BTreeMap<&[usize], usize> = BTreeMap::new();
        self.ways.iter().for_each(|(_, classes, _)| *ends.entry(classes).or_default() += 1);
        ends
    }

    /// The parts from which an arrow leads out.
    pub fn parts(&self) -> BTreeSet<usize> {
        let ends = self.ends();
        let drawn =
            self.ways.iter().filter(|(_, classes, _)| ends.get(classes.as_slice()).is_none_or(|it| *it <= LEAVING));
        drawn.filter_map(|(end, ..)| if let End::Part(part) = end { Some(*part) } else { None }).collect()
    }
}

pub(super) fn add(graph: &mut Graph, facts: &Facts<'_, '_>, parts: &Parts, leaving: &Leaving, bands: &Bands) {
    if leaving.counted > 0 {
        let label = "Every address".to_owned();
        let mut node = words::outside(OUTSIDE, "outside/open", label, "every address outside");
        node.details = lines(&["from all that", "no policy limits"], 2);
        node.details.push(format!("({} here)", count(leaving.counted, "workload", "workloads")));
        graph.nodes.push(node);
    }
    let ends = leaving.ends();
    let told = ends.len() <= PLACES;
    for (from, classes, arrow) in &leaving.ways {
        let words = addresses(facts.network, classes).words();
        let (id, label, full) = if told {
            (format!("outside/{words}"), words::place(&words), format!("outside: {words}"))
        } else {
            ("outside/some".to_owned(), "Some addresses".to_owned(), "some addresses outside".to_owned())
        };
        let mut place = words::outside(OUTSIDE, &id, label, &full);
        let many = ends.get(classes.as_slice()).copied().unwrap_or_default();
        if many > LEAVING {
            place.details = vec![format!("from {many} of these")];
            graph.nodes.push(place);
            continue;
        }
        let Some(from) = end(graph, parts, bands, from, FIRST) else { continue };
        graph.nodes.push(place);
        let arrow = Arrow { partial: arrow.partial || !told, ..arrow.clone() };
        graph.edges.push(edge(from, id, &arrow));
    }
}

/// What stands left and right of the bands stands in bands of its own.
pub(super) fn add_sides(graph: &mut Graph) {
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
