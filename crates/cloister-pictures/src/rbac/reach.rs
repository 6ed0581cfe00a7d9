//! What roles reach, and the stores behind it. Each role has nodes of its own: shared ones would make a knot.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Attention, Edge, Node, Shape};
use cloister_model::PersonalData;

use super::draw::{Draft, REACH, STORES, band, members};
use super::facts::Held;
use super::label::{count, each, headed};
use super::object::Kind;
use super::rights::Right;
use super::stores::{Store, Ways};
use super::verbs;

/// So many nodes of rights a role may have; where it would have more, verbs are not told apart.
const MOST: usize = 4;

/// The place of a right from the top: most dangerous first, and of one kind what writes.
pub(super) fn right_rank(right: &Right) -> u32 {
    let attention = match right.attention {
        Attention::Critical => 0,
        Attention::High => 1,
        Attention::Ordinary => 2,
    };
    attention * 1000 + right.kind as u32 * 10 + u32::from(right.verbs == "read")
}

impl<'f> Draft<'f> {
    pub(super) fn reach(&mut self) {
        let mut stores: BTreeMap<(usize, BTreeSet<usize>), String> = BTreeMap::new();
        let mut number = 0;
        for roles in members(&self.classes.roles).into_values() {
            let held: Vec<&'f Held> = roles.iter().filter_map(|&role| self.facts.roles.get(role)).collect();
            let Some(first) = held.first() else { continue };
            let scope = self.scope(first);
            for rights in grouped(&held, self.level.quiet) {
                number += 1;
                let id = format!("right/{number:05}");
                let drawn: BTreeSet<_> = rights.iter().map(|right| look(right)).collect();
                let partial = held.iter().any(|role| !role.rights.iter().any(|right| drawn.contains(&look(right))));
                self.right(&id, first, &rights, partial);
                let ways = rights.iter().flat_map(|right| &right.ways);
                let all: BTreeSet<usize> = ways.clone().map(|(store, _)| *store).collect();
                if all.is_empty() {
                    continue;
                }
                let to = stores.entry((scope, all)).or_insert_with(|| format!("stores/{number:05}")).clone();
                let ways = ways.fold(Ways::default(), |sum, (_, ways)| sum.and(*ways));
                let attention = rights.iter().map(|right| right.attention).max().unwrap_or_default();
                let full = format!("a way to the data: {}", ways.words().join(", "));
                let edge = Edge { from: id, to, label: ways.summary(), full, attention, partial: false };
                self.graph.edges.push(edge);
            }
        }
        for ((scope, stores), id) in stores {
            let stores: Vec<&Store> = stores.iter().filter_map(|&store| self.facts.stores.get(store)).collect();
            self.graph.nodes.push(store_node(id, band(scope), &stores));
        }
    }

    /// One node of rights, and the edge from the role that gives them.
    fn right(&mut self, id: &str, role: &Held, rights: &[&Right], partial: bool) {
        let all: BTreeSet<&str> = rights.iter().flat_map(|right| right.exact.split(", ")).collect();
        let label = verbs::summary(&all);
        let mut objects: Vec<(Kind, &str)> = rights.iter().map(|right| (right.kind, right.object.as_str())).collect();
        objects.sort_unstable();
        objects.dedup();
        let objects: Vec<&str> = objects.into_iter().map(|(_, object)| object).collect();
        let exact = rights.iter().map(|right| format!("{} ({})", right.object, right.exact));
        let exact: BTreeSet<String> = exact.collect();
        let full = match exact.first() {
            Some(one) if exact.len() == 1 => format!("{label}: {one}"),
            _ => format!("{label}: {}", objects.join(", ")),
        };
        let attention = rights.iter().map(|right| right.attention).max().unwrap_or_default();
        let (head, details) = told(&objects, attention);
        let said = format!("{} {} may {full}", role.kind, role.name);
        let (from, to) = (role.id.clone(), id.to_owned());
        self.graph.edges.push(Edge { from, to, label, full: said, attention, partial });
        self.graph.nodes.push(Node {
            layer: REACH,
            rank: rights.iter().map(|right| right_rank(right)).min().unwrap_or(u32::MAX),
            id: id.to_owned(),
            group: Some(band(self.scope(role))),
            label: head,
            details,
            full,
            attention,
            members: if exact.len() > 1 { exact.into_iter().collect() } else { Vec::new() },
            ..Node::default()
        });
    }
}

/// Objects on the lines of a node.
fn told(objects: &[&str], attention: Attention) -> (String, Vec<String>) {
    match objects {
        [one] => match one.split_once(": ") {
            Some((object, name)) => (object.to_owned(), vec![format!("only {name}")]),
            None => ((*one).to_owned(), Vec::new()),
        },
        many => headed(many, if attention == Attention::Ordinary { 2 } else { 4 }),
    }
}

/// What rights have in common that are drawn as one.
type Alike = (String, Vec<(usize, Ways)>);

/// The rights of roles that are drawn as one, by what is drawn as one of them; the most dangerous first.
fn grouped<'f>(roles: &[&'f Held], quiet: bool) -> Vec<Vec<&'f Right>> {
    let least = if quiet { least_drawn(roles) } else { Attention::Ordinary };
    let by = |key: &dyn Fn(&Right) -> Alike| {
        let mut groups: BTreeMap<(Attention, Alike), Vec<&'f Right>> = BTreeMap::new();
        for right in roles.iter().flat_map(|role| &role.rights).filter(|right| right.attention >= least) {
            groups.entry((right.attention, key(right))).or_default().push(right);
        }
        groups.into_values().collect::<Vec<_>>()
    };
    let mut groups = by(&|right| (right.verbs.clone(), right.ways.clone()));
    if groups.len() > MOST || roles.len() > 1 {
        groups = by(&|right| (if right.ways.is_empty() { "" } else { "data" }.to_owned(), Vec::new()));
    }
    groups.iter_mut().for_each(|rights| rights.sort_by_key(|right| (right_rank(right), *right)));
    groups.sort_by_key(|rights| rights.first().map(|right| right_rank(right)));
    groups
}

/// Once what is ordinary is folded, it is only counted where it stands beside worse.
pub(super) fn least_drawn(roles: &[&Held]) -> Attention {
    let worst = roles.iter().map(|role| role.attention()).max().unwrap_or_default();
    worst.min(Attention::High)
}

/// What makes rights the same, whatever the verbs.
fn look(right: &Right) -> (Attention, Kind, &str) {
    (right.attention, right.kind, &right.object)
}

fn store_node(id: String, group: String, stores: &[&Store]) -> Node {
    let told = |store: &&Store| format!("{}: {}; in {}", store.name, store.holds, store.namespaces().join(", "));
    let namespaces: BTreeSet<&str> = stores.iter().flat_map(|store| store.namespaces()).collect();
    let special = stores.iter().filter(|store| store.level == PersonalData::Special).count();
    let (label, details, full) = match stores {
        [one] => (one.name.clone(), vec![one.holds.clone()], format!("store of personal data {}", told(one))),
        many => {
            let names: BTreeSet<&str> = many.iter().map(|store| store.name.as_str()).collect();
            // Charts call their databases alike.
            let place = |store: &Store| {
                if names.len() < many.len() { store.namespaces().join(", ") + "/" } else { String::new() }
            };
            let names: Vec<String> = many.iter().map(|store| place(store) + &store.name).collect();
            let mut details = each(&names);
            if special > 0 {
                details.insert(0, format!("{special} of special categories"));
            }
            let place = count(namespaces.len(), "namespace", "namespaces");
            let label = format!("{} stores", many.len());
            let full = format!("{label} of personal data in {place}");
            (label, details, full)
        }
    };
    Node {
        layer: STORES,
        rank: u32::from(special == 0),
        id,
        group: Some(group),
        shape: Shape::Drum,
        badge: "D".to_owned(),
        label,
        details,
        full,
        members: if stores.len() > 1 { stores.iter().map(told).collect() } else { Vec::new() },
        ..Node::default()
    }
}
