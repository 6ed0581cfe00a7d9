//! In which column a workload stands: arrows lead to the right as far as that can be.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::draw::{FIRST, LAST};
use super::fold::{End, Folded};
use super::parts::Parts;

/// Those that others do not reach stand first, those that reach nobody last, and those without arrows wherever there is
/// room. `leaving` are those from which arrows lead out.
pub(super) fn columns(
    parts: &Parts,
    folded: &Folded,
    shown: &BTreeSet<usize>,
    entered: &BTreeSet<usize>,
    leaving: &BTreeSet<usize>,
) -> BTreeMap<usize, usize> {
    let part = |end: &End| if let End::Part(part) = end { Some(*part) } else { None };
    let ends = || folded.between.iter().map(|(from, to, _)| (part(from), part(to)));
    let from: BTreeSet<usize> = ends().filter_map(|(from, _)| from).collect();
    let to: BTreeSet<usize> = ends().filter_map(|(_, to)| to).collect();
    let behind = behind(&ends().filter_map(|(from, to)| from.zip(to)).collect());
    let fixed = |number: usize| match (from.contains(&number), to.contains(&number)) {
        (false, false) if entered.contains(&number) => Some(FIRST),
        (false, false) if leaving.contains(&number) => Some(LAST),
        (false, false) => None,
        (false, true) => Some(LAST),
        _ => Some(FIRST + behind.get(&number).copied().unwrap_or(0).min(1)),
    };
    let band = |number: usize| {
        let namespace = parts.all.get(number).and_then(|part| part.namespaces.first());
        namespace.filter(|_| parts.is_banded())
    };
    let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeMap<(Option<&String>, usize), usize> = BTreeMap::new();
    for (number, column) in shown.iter().filter_map(|number| Some((*number, fixed(*number)?))) {
        columns.insert(number, column);
        *taken.entry((band(number), column)).or_default() += 1;
    }
    for number in shown {
        let least = (FIRST..=LAST).min_by_key(|column| taken.get(&(band(*number), *column)).copied().unwrap_or(0));
        if let Entry::Vacant(place) = columns.entry(*number) {
            let column = *place.insert(least.unwrap_or(FIRST));
            *taken.entry((band(*number), column)).or_default() += 1;
        }
    }
    columns
}

/// How many arrows lead to each, one behind the other, two at most. Those that reach each other lead nowhere.
fn behind(pairs: &BTreeSet<(usize, usize)>) -> BTreeMap<usize, usize> {
    let forward: Vec<(usize, usize)> =
        pairs.iter().copied().filter(|(from, to)| !pairs.contains(&(*to, *from))).collect();
    let mut behind: BTreeMap<usize, usize> = BTreeMap::new();
    for _ in 0..2 {
        for (from, to) in &forward {
            let before = behind.get(from).copied().unwrap_or(0);
            let own = behind.entry(*to).or_default();
            *own = (*own).max(before + 1).min(2);
        }
    }
    behind
}
