//! Who reaches whom, part by part.

use std::collections::BTreeMap;

use cloister_network::{AddressSet, Caller, Connection, Endpoint, Network, PortSet, Verdict};

use super::Facts;
use super::parts::Parts;
use super::wanted::Wanted;

/// What is decided about a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub allowed: PortSet,
    pub unknown: PortSet,
    /// Whether the mesh encrypts it, where that is known.
    pub mutual: bool,
}

/// A connection of two parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub said: Said,
    /// Not all of one reach all of the other, or not on the same ports.
    pub partial: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Arrows {
    /// Between parts, and within one.
    pub between: BTreeMap<(usize, usize), Arrow>,
    /// From parts to addresses outside.
    pub outside: BTreeMap<(usize, Vec<usize>), Arrow>,
    /// Connections of workloads that no policy decides: how many, and how many of them the mesh encrypts.
    pub undecided: (usize, usize),
    /// Whether some connection with a node was left out.
    pub nodes: bool,
}

/// A sum on its way.
#[derive(Default)]
struct Sum {
    arrow: Arrow,
    pairs: usize,
}

impl Sum {
    fn add(&mut self, said: &Said, pairs: usize) {
        if self.pairs > 0 {
            self.arrow.join(said);
        } else {
            self.arrow.said = said.clone();
        }
        self.pairs += pairs;
    }
}

impl Arrow {
    /// Both as one.
    pub fn join(&mut self, said: &Said) {
        if self.said != *said {
            self.partial = true;
            let mutual = self.said.mutual && said.mutual;
            let allowed = self.said.allowed.union(&said.allowed);
            let unknown = self.said.unknown.union(&said.unknown).difference(&allowed);
            self.said = Said { allowed, unknown, mutual };
        }
    }
}

impl Said {
    fn of(verdict: &Verdict, mutual: bool) -> Said {
        Said { allowed: verdict.allowed(), unknown: verdict.unknown(), mutual }
    }

    pub fn is_nothing(&self) -> bool {
        self.allowed.is_empty() && self.unknown.is_empty()
    }
}

/// Members of parts among some classes: those that no policy selects, and the others.
type Counts = BTreeMap<(usize, bool), usize>;

pub(super) fn arrows(facts: &Facts<'_, '_>, parts: &Parts) -> Arrows {
    let mut sums: BTreeMap<(usize, usize), Sum> = BTreeMap::new();
    let mut out: BTreeMap<(usize, usize), Sum> = BTreeMap::new();
    let mut arrows = Arrows::default();
    for group in &facts.connections.groups {
        outside(facts, parts, group, &mut out, &mut arrows);
        if facts.mesh.is_some() {
            one_by_one(facts, parts, group, &mut sums, &mut arrows);
        } else {
            together(facts, parts, group, &mut sums, &mut arrows);
        }
    }
    let wanted = Wanted::of(facts, parts);
    let size = |part: usize| parts.all.get(part).map_or(0, |part| part.members.len());
    for ((from, to), Sum { mut arrow, pairs }) in sums {
        let whole = size(from) * size(to) - if from == to { size(from) } else { 0 };
        arrow.partial |= pairs < whole;
        if wanted.keeps(from, Some(to)) && !arrow.said.is_nothing() {
            arrows.between.insert((from, to), arrow);
        }
    }
    let mut by_said: BTreeMap<(usize, Arrow), Vec<usize>> = BTreeMap::new();
    for ((from, class), Sum { mut arrow, pairs }) in out {
        arrow.partial |= pairs < size(from);
        if wanted.keeps(from, None) && !arrow.said.is_nothing() {
            by_said.entry((from, arrow)).or_default().push(class);
        }
    }
    arrows.outside = by_said.into_iter().map(|((from, arrow), classes)| ((from, classes), arrow)).collect();
    arrows
}

fn counts(classes: &[usize], parts: &Parts, network: &Network<'_>, is_open: impl Fn(usize) -> bool) -> Counts {
    let mut counts = Counts::new();
    for member in classes.iter().flat_map(|class| network.members(*class)) {
        if let Some(part) = parts.of(*member) {
            *counts.entry((part, is_open(*member))).or_default() += 1;
        }
    }
    counts
}

/// Connections of parts as wholes, which is what large clusters need.
fn together(
    facts: &Facts<'_, '_>,
    parts: &Parts,
    group: &Connection,
    sums: &mut BTreeMap<(usize, usize), Sum>,
    arrows: &mut Arrows,
) {
    let network = facts.network;
    let sources = counts(&group.sources, parts, network, |it| parts.is_open(it).1);
    let destinations = counts(&group.destinations, parts, network, |it| parts.is_open(it).0);
    let common: Vec<usize> =
        group.sources.iter().filter(|it| group.destinations.binary_search(it).is_ok()).copied().collect();
    let both = |it: usize| (parts.is_open(it).1, parts.is_open(it).0);
    let mut own: BTreeMap<(usize, (bool, bool)), usize> = BTreeMap::new();
    for member in common.iter().flat_map(|class| network.members(*class)) {
        if let Some(part) = parts.of(*member) {
            *own.entry((part, both(*member))).or_default() += 1;
        }
    }
    let said = Said::of(&group.verdict, false);
    for ((from, out), many) in &sources {
        for ((to, into), others) in &destinations {
            let itself = if from == to { own.get(&(*from, (*out, *into))).copied().unwrap_or(0) } else { 0 };
            let pairs = (many * others).saturating_sub(itself);
            if *out && *into && !facts.wish.is_focused() {
                arrows.undecided.0 += pairs;
            } else if pairs > 0 {
                sums.entry((*from, *to)).or_default().add(&said, pairs);
            }
        }
    }
}

/// Each connection by itself, since the mesh tells apart what policies do not.
fn one_by_one(
    facts: &Facts<'_, '_>,
    parts: &Parts,
    group: &Connection,
    sums: &mut BTreeMap<(usize, usize), Sum>,
    arrows: &mut Arrows,
) {
    let Some(mesh) = &facts.mesh else { return };
    for (source, destination) in facts.network.each(group) {
        let (Some(from), Some(to)) = (parts.of(source), parts.of(destination)) else { continue };
        let narrowing = mesh.between(Caller::Endpoint(source), destination);
        let verdict = narrowing.narrow(&group.verdict);
        let mutual = narrowing.encrypts(&verdict.allowed()) == Some(true);
        let undecided = parts.is_open(source).1 && parts.is_open(destination).0 && verdict == Verdict::open();
        if undecided && !facts.wish.is_focused() {
            arrows.undecided = (arrows.undecided.0 + 1, arrows.undecided.1 + usize::from(mutual));
        } else if !verdict.is_closed() {
            sums.entry((from, to)).or_default().add(&Said::of(&verdict, mutual), 1);
        }
    }
}

/// What parts reach outside, by class of addresses.
fn outside(
    facts: &Facts<'_, '_>,
    parts: &Parts,
    group: &Connection,
    sums: &mut BTreeMap<(usize, usize), Sum>,
    arrows: &mut Arrows,
) {
    let network = facts.network;
    let first = |class: usize| network.members(class).first().and_then(|it| network.endpoint(*it));
    let said = Said::of(&group.verdict, false);
    let sources = counts(&group.sources, parts, network, |_| false);
    for class in group.destinations.iter() {
        match first(*class) {
            Some(Endpoint::Outside(_)) => {
                for ((from, _), many) in &sources {
                    sums.entry((*from, *class)).or_default().add(&said, *many);
                }
            }
            Some(Endpoint::Node(_)) => arrows.nodes |= !sources.is_empty(),
            _ => {}
        }
    }
}

/// The addresses of classes.
pub(super) fn addresses(network: &Network<'_>, classes: &[usize]) -> AddressSet {
    let members = classes.iter().flat_map(|class| network.members(*class));
    let own = members.filter_map(|it| match network.endpoint(*it) {
        Some(Endpoint::Outside(addresses)) => Some(addresses),
        _ => None,
    });
    own.fold(AddressSet::default(), |all, own| all.union(own))
}
