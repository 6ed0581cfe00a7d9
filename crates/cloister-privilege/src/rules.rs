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

/// Verbs, groups, resources or paths, names: one word of each makes a right.
type Boxed = [BTreeSet<String>; 4];

/// The rules for rights of one namespace, none of which includes another.
pub fn compact<'r>(rights: impl IntoIterator<Item = &'r Right>) -> Vec<Rule> {
    let mut kinds: BTreeMap<Kind, BTreeSet<Boxed>> = BTreeMap::new();
    for right in rights {
        let (kind, group, what, name) = match &right.about {
            About::Url(path) => (Kind::Url, "", path, ""),
            About::Resource { group, resource, name } if name.is_empty() => (Kind::All, &**group, resource, ""),
            About::Resource { group, resource, name } => (Kind::Named, &**group, resource, &**name),
        };
        let words = [&*right.verb, group, what, name].map(|word| BTreeSet::from([word.to_owned()]));
        kinds.entry(kind).or_default().insert(words);
    }
    let mut rules: Vec<Rule> =
        kinds.into_iter().flat_map(|(kind, boxes)| fewest(&boxes).into_iter().map(move |it| rule(kind, it))).collect();
    rules.sort_by(|one, other| order(one).cmp(&order(other)));
    rules
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    All,
    Named,
    Url,
}

fn rule(kind: Kind, [verbs, groups, what, names]: Boxed) -> Rule {
    match kind {
        Kind::Url => Rule { verbs, urls: what, ..Rule::default() },
        Kind::All => Rule { verbs, groups, resources: what, ..Rule::default() },
        Kind::Named => Rule { verbs, groups, resources: what, names, ..Rule::default() },
    }
}

/// By what rules are about first, as people look for them.
fn order(rule: &Rule) -> impl Ord {
    (rule.groups.clone(), rule.resources.clone(), rule.urls.clone(), rule.names.clone(), rule.verbs.clone())
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

/// The fewest boxes that joining in any of the orders comes to.
fn fewest(boxes: &BTreeSet<Boxed>) -> BTreeSet<Boxed> {
    let results = ORDERS.iter().map(|order| joined(boxes.clone(), *order));
    results.min_by_key(BTreeSet::len).unwrap_or_default()
}

/// Joins boxes that are equal but for one side, until none are left. Each word of a box stays needed: the boxes never
/// overlap.
fn joined(mut boxes: BTreeSet<Boxed>, order: [usize; 4]) -> BTreeSet<Boxed> {
    loop {
        let before = boxes.len();
        for side in order {
            let mut groups: BTreeMap<Boxed, BTreeSet<String>> = BTreeMap::new();
            for mut it in boxes {
                let words = it.get_mut(side).map(std::mem::take).unwrap_or_default();
                groups.entry(it).or_default().extend(words);
            }
            boxes = groups
                .into_iter()
                .map(|(mut it, words)| {
                    if let Some(slot) = it.get_mut(side) {
                        *slot = words;
                    }
                    it
                })
                .collect();
        }
        if boxes.len() == before {
            return boxes;
        }
    }
}
