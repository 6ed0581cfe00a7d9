//! Rights as rules: as few as exact ones can be made, by joining what differs in one respect only.

use std::collections::{BTreeMap, BTreeSet};

use crate::right::{About, Right};

/// A rule of a role. Each combination of its words is a right that was asked for, and no two rules give the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// `verbs`.
    pub verbs: BTreeSet<String>,
    /// `apiGroups`.
    pub groups: BTreeSet<String>,
    /// `resources`.
    pub resources: BTreeSet<String>,
    /// `resourceNames`; empty for any.
    pub names: BTreeSet<String>,
    /// `nonResourceURLs`.
    pub urls: BTreeSet<String>,
}

/// Verbs, groups, resources or paths, names: one word of each makes a right. Words are numbers in their own order.
type Boxed = [Vec<u32>; 4];

/// The rules for rights of one namespace, none of which includes another.
pub fn compact<'r>(rights: impl IntoIterator<Item = &'r Right>) -> Vec<Rule> {
    let mut kinds: BTreeMap<Kind, Vec<[&str; 4]>> = BTreeMap::new();
    for right in rights {
        let (kind, group, what, name) = match &right.about {
            About::Url(path) => (Kind::Url, "", path, ""),
            About::Resource { group, resource, name } if name.is_empty() => (Kind::All, &**group, resource, ""),
            About::Resource { group, resource, name } => (Kind::Named, &**group, resource, &**name),
        };
        kinds.entry(kind).or_default().push([&right.verb, group, what, name]);
    }
    let mut rules: Vec<Rule> = kinds.into_iter().flat_map(|(kind, rights)| of_kind(kind, &rights)).collect();
    rules.sort_by(|one, other| order(one).cmp(&order(other)));
    rules
}

fn of_kind(kind: Kind, rights: &[[&str; 4]]) -> Vec<Rule> {
    let words: Vec<&str> = rights.iter().flatten().copied().collect::<BTreeSet<&str>>().into_iter().collect();
    let number = |word: &&str| words.binary_search(word).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
    let boxes: BTreeSet<Boxed> = rights.iter().map(|right| right.map(|word| vec![number(&word)])).collect();
    let word = |number: u32| usize::try_from(number).ok().and_then(|at| words.get(at)).map_or("", |word| word);
    let shown = |numbers: Vec<u32>| numbers.into_iter().map(|number| word(number).to_owned()).collect();
    fewest(&Vec::from_iter(boxes)).into_iter().map(|it| rule(kind, it.map(shown))).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    All,
    Named,
    Url,
}

fn rule(kind: Kind, [verbs, groups, what, names]: [BTreeSet<String>; 4]) -> Rule {
    match kind {
        Kind::Url => Rule { verbs, urls: what, ..Rule::default() },
        Kind::All => Rule { verbs, groups, resources: what, ..Rule::default() },
        Kind::Named => Rule { verbs, groups, resources: what, names, ..Rule::default() },
    }
}

/// By what rules are about first, as people look for them.
fn order(rule: &Rule) -> impl Ord + '_ {
    (&rule.groups, &rule.resources, &rule.urls, &rule.names, &rule.verbs)
}

/// Every order of joining, in which verbs come first where nothing speaks against it.
const ORDERS: [[usize; 4]; 24] = [
    [0, 3, 2, 1],
    [0, 2, 3, 1],
    [0, 2, 1, 3],
    [0, 3, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 3, 2],
    [3, 0, 2, 1],
    [3, 2, 0, 1],
    [3, 0, 1, 2],
    [3, 2, 1, 0],
    [3, 1, 0, 2],
    [3, 1, 2, 0],
    [2, 0, 3, 1],
    [2, 3, 0, 1],
    [2, 0, 1, 3],
    [2, 3, 1, 0],
    [2, 1, 0, 3],
    [2, 1, 3, 0],
    [1, 0, 2, 3],
    [1, 0, 3, 2],
    [1, 2, 0, 3],
    [1, 2, 3, 0],
    [1, 3, 0, 2],
    [1, 3, 2, 0],
];

/// Rights of one namespace from which on not every order is tried.
const MANY: usize = 60;

/// The fewest boxes that joining in any of the orders comes to.
fn fewest(boxes: &[Boxed]) -> Vec<Boxed> {
    let mut best = boxes.to_vec();
    // Of many, one order for each side that may come first; they differ most.
    let step = if boxes.len() > MANY { 6 } else { 1 };
    for order in ORDERS.into_iter().step_by(step) {
        let joined = joined(boxes.to_vec(), order);
        if joined.len() < best.len() {
            best = joined;
        }
        if best.len() <= 1 {
            break;
        }
    }
    best
}

/// Joins boxes that are equal but for one side, until none are left. Each word of a box stays needed: the boxes never
/// overlap.
fn joined(mut boxes: Vec<Boxed>, order: [usize; 4]) -> Vec<Boxed> {
    loop {
        let before = boxes.len();
        for side in order {
            boxes
                .sort_unstable_by(|one, other| others(one, side).cmp(others(other, side)).then_with(|| one.cmp(other)));
            boxes.dedup_by(|next, one| {
                let joins = others(one, side).eq(others(next, side));
                if joins && let (Some(one), Some(next)) = (one.get_mut(side), next.get_mut(side)) {
                    one.append(next);
                }
                joins
            });
            boxes.iter_mut().filter_map(|it| it.get_mut(side)).for_each(|words| words.sort_unstable());
        }
        if boxes.len() == before {
            return boxes;
        }
    }
}

/// All sides but one.
fn others(boxed: &Boxed, side: usize) -> impl Iterator<Item = &Vec<u32>> {
    boxed.iter().enumerate().filter(move |(at, _)| *at != side).map(|(_, words)| words)
}
