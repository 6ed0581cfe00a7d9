//! What the rules of a role come to, where it is bound.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::Attention;
use cloister_rbac::Rule;

use super::object::{self, Kind};
use super::stores::{Store, Ways, ways};
use super::verbs;

/// Verbs on one kind of objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Right {
    pub attention: Attention,
    pub kind: Kind,
    /// What the objects are called.
    pub object: String,
    /// The verbs in few words, and all of them.
    pub verbs: String,
    pub exact: String,
    /// The stores that it reaches, by their number, and how.
    pub ways: Vec<(usize, Ways)>,
}

/// What a right is about: its kind, its name, and whether it holds for some names only.
type Object = (Kind, String, bool);
/// Verbs, and the ways that they open to each store.
type Having<'a> = (BTreeSet<&'a str>, BTreeMap<usize, Ways>);

/// The rules, those of the most attention first. `scope` is empty where the role is bound for the whole cluster.
pub(super) fn rights(rules: &[&Rule<'_>], scope: &str, stores: &[Store]) -> Vec<Right> {
    let mut found: BTreeMap<Object, Having<'_>> = BTreeMap::new();
    for atom in rules.iter().flat_map(|rule| atoms(rule, scope.is_empty())) {
        let (kind, object) = name(&atom);
        let (verbs, reached) = found.entry((kind, object, !atom.names.is_empty())).or_default();
        verbs.extend(atom.verbs.iter().copied());
        if kind < Kind::Config {
            for (number, ways) in ways(&atom, scope, stores) {
                reached.entry(number).or_default().add(ways);
            }
        }
    }
    let one = |((kind, object, named), (verbs, reached)): (Object, Having<'_>)| {
        let mut attention = object::attention(kind, &verbs, scope.is_empty(), named);
        if !reached.is_empty() {
            attention = attention.max(Attention::High);
        }
        let exact: Vec<&str> = verbs.iter().copied().collect();
        let exact = exact.join(", ");
        Right { attention, kind, object, verbs: verbs::summary(&verbs), exact, ways: reached.into_iter().collect() }
    };
    // What gives most comes first, and of that what may be written.
    let mut rights: Vec<Right> = found.into_iter().map(one).collect();
    rights.sort_by(|one, other| other.attention.cmp(&one.attention).then(one.cmp(other)));
    rights
}

/// A rule as rules about one word each. Paths of the server belong to no namespace: there they are void.
fn atoms<'a>(rule: &Rule<'a>, wide: bool) -> Vec<Rule<'a>> {
    let mut atoms = Vec::new();
    for group in &rule.groups {
        for resource in &rule.resources {
            let (groups, resources, urls) = ([*group].into(), [*resource].into(), Box::default());
            atoms.push(Rule { groups, resources, urls, ..rule.clone() });
        }
    }
    if wide && !rule.urls.is_empty() {
        atoms.push(Rule { groups: Box::default(), resources: Box::default(), ..rule.clone() });
    }
    atoms
}

/// What an atom is about.
fn name(atom: &Rule<'_>) -> (Kind, String) {
    let (Some(group), Some(word)) = (atom.groups.first(), atom.resources.first()) else {
        let all = atom.urls.contains(&"*");
        return (Kind::Urls, if all { "all server paths".to_owned() } else { "server paths".to_owned() });
    };
    let (kind, object) = object::of(group, word);
    match atom.names.as_ref() {
        [] => (kind, object),
        [one] => (kind, format!("{object}: {one}")),
        names => (kind, format!("{object}: {} by name", names.len())),
    }
}
