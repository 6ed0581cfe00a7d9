//! Arrows of all parts of a namespace, drawn as one.

use std::collections::{BTreeMap, BTreeSet};

use super::arrows::Arrow;
use super::parts::Parts;

/// An end of what is drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Part(usize),
    /// Every part of a namespace, but for the other end.
    All(String),
    /// Every part of the map, but for the other end.
    Every,
    /// Parts of which the input does not tell whether they are reached.
    Perhaps(BTreeSet<usize>),
}

/// Fewer than these are drawn one by one.
const FEW: usize = 3;

/// What is drawn.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub between: Vec<(End, End, Arrow)>,
    /// Parts of a namespace that all reach each other.
    pub within: BTreeMap<String, Arrow>,
}

/// The parts of each namespace; none where parts are namespaces.
pub(super) struct Bands(BTreeMap<String, BTreeSet<usize>>);

impl Bands {
    pub fn of(parts: &Parts) -> Bands {
        let mut bands: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        if parts.is_banded() {
            for (number, part) in parts.all.iter().enumerate() {
                part.namespaces.iter().for_each(|name| {
                    bands.entry(name.clone()).or_default().insert(number);
                });
            }
        }
        Bands(bands)
    }

    /// The parts of an end.
    pub fn parts(&self, end: &End) -> BTreeSet<usize> {
        match end {
            End::Part(part) => BTreeSet::from([*part]),
            End::All(band) => self.members(band).collect(),
            End::Every => self.0.values().flatten().copied().collect(),
            End::Perhaps(parts) => parts.clone(),
        }
    }

    /// The parts of a band.
    pub fn members(&self, band: &str) -> impl Iterator<Item = usize> {
        self.0.get(band).into_iter().flatten().copied()
    }

    /// Whole bands among these parts, then what is left. `other` is the far end, which need not reach itself.
    fn ends(&self, mut these: BTreeSet<usize>, other: impl Fn(usize) -> bool) -> Vec<End> {
        let everyone: usize = self.0.values().map(BTreeSet::len).sum();
        let is_whole = |band: &BTreeSet<usize>, these: &BTreeSet<usize>| {
            band.iter().all(|it| these.contains(it) || other(*it)) && band.intersection(these).count() >= FEW
        };
        if self.0.len() > 2 && everyone > FEW && self.0.values().flatten().all(|it| these.contains(it) || other(*it)) {
            return vec![End::Every];
        }
        let mut ends = Vec::new();
        for (name, band) in &self.0 {
            if is_whole(band, &these) {
                these.retain(|it| !band.contains(it));
                ends.push(End::All(name.clone()));
            }
        }
        ends.extend(these.into_iter().map(End::Part));
        ends
    }

    /// Whole bands among those that reach each of some places.
    pub fn sources<K: Ord + Clone>(&self, arrows: &BTreeMap<(usize, K), Arrow>) -> Vec<(End, K, Arrow)> {
        let mut grouped: BTreeMap<(K, Arrow), BTreeSet<usize>> = BTreeMap::new();
        for ((from, to), arrow) in arrows {
            grouped.entry((to.clone(), arrow.clone())).or_default().insert(*from);
        }
        let folded = grouped.into_iter().flat_map(|((to, arrow), from)| {
            let ends = self.ends(from, |_| false);
            ends.into_iter().map(move |end| (end, to.clone(), arrow.clone()))
        });
        folded.collect()
    }
}

/// Folds the arrows between parts: by where they come from, then by where they lead.
pub(super) fn fold(between: &BTreeMap<(usize, usize), Arrow>, bands: &Bands) -> Folded {
    let mut grouped: BTreeMap<(usize, Arrow), BTreeSet<usize>> = BTreeMap::new();
    for ((from, to), arrow) in between.iter().filter(|((from, to), _)| from != to) {
        grouped.entry((*to, arrow.clone())).or_default().insert(*from);
    }
    let mut by_source: BTreeMap<(End, Arrow), BTreeSet<usize>> = BTreeMap::new();
    for ((to, arrow), from) in grouped {
        for end in bands.ends(from, |it| it == to) {
            by_source.entry((end, arrow.clone())).or_default().insert(to);
        }
    }
    let mut folded = Folded::default();
    for ((from, arrow), to) in by_source {
        let itself = |part: usize| from == End::Part(part);
        for end in bands.ends(to, itself) {
            match (&from, &end) {
                (End::All(one), End::All(other)) if one == other => {
                    folded.within.insert(one.clone(), arrow.clone());
                }
                _ => folded.between.push((from.clone(), end, arrow.clone())),
            }
        }
    }
    folded.between = gathered(folded.between, bands);
    folded
}

/// What one end perhaps reaches on the same ports is one end: a block of addresses may hold any pod whose own are not
/// known.
fn gathered(between: Vec<(End, End, Arrow)>, bands: &Bands) -> Vec<(End, End, Arrow)> {
    let (perhaps, mut all): (Vec<_>, Vec<_>) =
        between.into_iter().partition(|(_, _, arrow)| arrow.said.allowed.is_empty());
    let mut grouped: BTreeMap<(End, Arrow), Vec<End>> = BTreeMap::new();
    perhaps.into_iter().for_each(|(from, to, arrow)| grouped.entry((from, arrow)).or_default().push(to));
    for ((from, arrow), ends) in grouped {
        if ends.len() < FEW {
            all.extend(ends.into_iter().map(|to| (from.clone(), to, arrow.clone())));
            continue;
        }
        let mut parts: BTreeSet<usize> = ends.iter().flat_map(|end| bands.parts(end)).collect();
        if let End::Part(own) = &from {
            parts.remove(own);
        }
        all.push((from, End::Perhaps(parts), arrow));
    }
    all
}
