//! Classes made nodes: bands, roles, bindings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cloister_graph::{Attention, Edge, Graph, Group, Highlight, Node, Shape};
use cloister_model::PersonalData;

use super::Wish;
use super::classes::{Classes, Level, at};
use super::facts::{Bound, Facts, Held};
use super::label::{count, lines, short};
use super::reach::{least_drawn, right_rank};
use super::ways;

/// The columns.
pub(super) const PEOPLE: usize = 0;
const BINDINGS: usize = 1;
const ROLES: usize = 2;
pub(super) const REACH: usize = 3;
pub(super) const STORES: usize = 4;

pub(super) struct Draft<'f> {
    pub facts: &'f Facts<'f>,
    pub classes: &'f Classes,
    pub level: Level,
    pub graph: Graph,
    /// The node of each thing, by the thing's own id.
    pub nodes: HashMap<String, String>,
    /// The worst that each class of roles gives, and its place from the top.
    dangers: HashMap<usize, (Attention, u32)>,
}

/// The picture of these classes.
pub(super) fn draw(facts: &Facts<'_>, classes: &Classes, level: Level, wish: &Wish<'_>) -> Graph {
    let mut dangers: HashMap<usize, (Attention, u32)> = HashMap::new();
    for (role, &class) in facts.roles.iter().zip(&classes.roles) {
        let known = dangers.entry(class).or_insert((Attention::Ordinary, u32::MAX));
        *known = (known.0.max(role.attention()), known.1.min(rank(role)));
    }
    let mut draft = Draft { facts, classes, level, graph: Graph::default(), nodes: HashMap::new(), dangers };
    draft.bands();
    draft.roles();
    draft.bindings();
    draft.people();
    draft.reach();
    let nodes = draft.nodes;
    let mut graph = draft.graph;
    let drawn = wish.ways.ways.iter().filter_map(|way| {
        // What is on the way may be left out of the picture; its beginning may not.
        nodes.get(way.nodes.first()?)?;
        let mut ids: Vec<String> = way.nodes.iter().filter_map(|id| nodes.get(id).cloned()).collect();
        ids.dedup();
        Some(Highlight { nodes: ids, ..way.clone() })
    });
    let alike = alike(drawn);
    let marked = alike.iter().take(MARKED).map(|(_, subjects)| subjects).sum();
    graph.highlights = alike.into_iter().zip('A'..='Z').take(MARKED).map(named).collect();
    super::words::around(&mut graph, facts, wish, marked);
    graph
}

/// So many ways can be told apart in one picture.
const MARKED: usize = 8;

fn named(((way, subjects), letter): ((Highlight, usize), char)) -> Highlight {
    let full = match (way.full.split_once(ways::STEP), subjects) {
        (Some((from, rest)), 2..) => {
            let others = count(subjects - 1, "more alike", "more alike");
            format!("{from} and {others}{}{rest}", ways::STEP)
        }
        _ => way.full,
    };
    Highlight { name: letter.to_string(), full, ..way }
}

/// Ways that are drawn through the same nodes by the same steps are marked once; with how many subjects go so.
fn alike(ways: impl Iterator<Item = Highlight>) -> Vec<(Highlight, usize)> {
    let mut found: Vec<(Highlight, usize)> = Vec::new();
    for way in ways {
        let same = |known: &&mut (Highlight, usize)| {
            known.0.nodes == way.nodes && ways::kinds(&known.0.full).eq(ways::kinds(&way.full))
        };
        match found.iter_mut().find(same) {
            Some((_, subjects)) => *subjects += 1,
            None => found.push((way, 1)),
        }
    }
    found
}

/// The members of each class, in order.
pub(super) fn members(classes: &[usize]) -> BTreeMap<usize, Vec<usize>> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, &class) in classes.iter().enumerate() {
        members.entry(class).or_default().push(index);
    }
    members
}

/// The place of a role from the top: by the worst of its rights.
fn rank(role: &Held) -> u32 {
    role.rights.iter().map(right_rank).min().unwrap_or(u32::MAX)
}

pub(super) fn band(class: usize) -> String {
    format!("band/{class:05}")
}

impl<'f> Draft<'f> {
    pub fn scope(&self, role: &Held) -> usize {
        at(&self.classes.scopes, role.scope)
    }

    /// Remembers what a node stands for.
    pub fn note(&mut self, ids: impl Iterator<Item = String>, node: &str) {
        self.nodes.extend(ids.map(|id| (id, node.to_owned())));
    }

    /// The worst that roles of a class give, and their place from the top.
    pub fn danger(&self, class: usize) -> (Attention, u32) {
        self.dangers.get(&class).copied().unwrap_or((Attention::Ordinary, u32::MAX))
    }

    fn bands(&mut self) {
        let ranks: HashMap<usize, usize> =
            self.classes.ranked(self.facts).into_iter().enumerate().map(|(rank, class)| (class, rank)).collect();
        let mut worst: HashMap<usize, Attention> = HashMap::new();
        for role in &self.facts.roles {
            let known = worst.entry(self.scope(role)).or_default();
            *known = role.attention().max(*known);
        }
        for (class, scopes) in members(&self.classes.scopes) {
            let names = scopes.iter().filter_map(|&scope| self.facts.scopes.get(scope));
            let names: Vec<&str> = names.map(String::as_str).collect();
            let (label, detail) = self.band_words(class, &names);
            let attention = worst.get(&class).copied().unwrap_or_default();
            self.graph.groups.push(Group {
                rank: ranks.get(&class).and_then(|&rank| u32::try_from(rank).ok()),
                id: band(class),
                label,
                detail,
                attention: if attention == Attention::Critical { attention } else { Attention::Ordinary },
                layers: Some((PEOPLE, STORES)),
            });
        }
    }

    fn band_words(&self, class: usize, names: &[&str]) -> (String, String) {
        match names {
            [""] => ("In the whole cluster".to_owned(), "by ClusterRoleBindings".to_owned()),
            [name] => (format!("In namespace {name}"), self.data_in(name)),
            names if self.classes.rest == Some(class) => {
                let label = format!("In {}", count(names.len(), "namespace more", "namespaces more"));
                (label, listed(names, "with the least to fear, folded"))
            }
            names => {
                let label = format!("In {} alike", count(names.len(), "namespace", "namespaces"));
                (label, listed(names, "each by itself"))
            }
        }
    }

    /// What is kept in a namespace, for those who look at the bands alone.
    fn data_in(&self, name: &str) -> String {
        let here = self.facts.stores.iter().filter(|store| store.namespaces().contains(&name));
        let levels: Vec<PersonalData> = here.map(|store| store.level).collect();
        let special = levels.iter().filter(|level| **level == PersonalData::Special).count();
        let stores = count(levels.len(), "store", "stores");
        match (levels.len(), special) {
            (0, _) => String::new(),
            (_, 0) => format!("{stores} of personal data"),
            (all, special) if all == special => format!("{stores} of special categories of personal data"),
            (_, special) => format!("{stores} of personal data, {special} of special categories"),
        }
    }

    fn roles(&mut self) {
        for roles in members(&self.classes.roles).into_values() {
            let held: Vec<&Held> = roles.iter().filter_map(|&role| self.facts.roles.get(role)).collect();
            if let Some(node) = self.role(&held) {
                self.note(held.iter().map(|role| role.id.clone()), &node.id);
                self.graph.nodes.push(node);
            }
        }
    }

    fn role(&self, held: &[&Held]) -> Option<Node> {
        let first = *held.first()?;
        let names: BTreeSet<&str> = held.iter().map(|role| role.name.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let kinds: BTreeSet<&str> = held.iter().map(|role| role.kind.as_str()).collect();
        let single = names.len() == 1 && kinds.len() == 1;
        let mut details = match held {
            [one] if one.missing => vec!["not in the input".to_owned()],
            [one] if one.rights.is_empty() => vec!["gives nothing".to_owned()],
            [_] => Vec::new(),
            many if single => vec![format!("in {}", count(many.len(), "namespace", "namespaces"))],
            _ => lines(&names, 2),
        };
        let least = least_drawn(held);
        let quiet = held.iter().flat_map(|role| &role.rights).filter(|right| right.attention < least);
        let rights: BTreeSet<&str> = quiet.map(|right| right.object.as_str()).collect();
        if self.level.quiet && !rights.is_empty() {
            details.push(format!("and {}", count(rights.len(), "ordinary right", "ordinary rights")));
        }
        let label = if single { short(&first.name) } else { count(names.len(), "role", "roles") };
        let full: BTreeSet<String> = held.iter().map(|role| format!("{} {}", role.kind, role.name)).collect();
        let full: Vec<String> = full.into_iter().collect();
        Some(Node {
            layer: ROLES,
            rank: held.iter().map(|role| rank(role)).min().unwrap_or(u32::MAX),
            id: first.id.clone(),
            group: Some(band(self.scope(first))),
            shape: Shape::Box,
            badge: if kinds.contains("ClusterRole") { "CR" } else { "R" }.to_owned(),
            full: match (full.as_slice(), first.missing) {
                ([one], false) => one.clone(),
                ([one], true) => format!("{one}, not in the input"),
                _ => format!("{label}, {}", details.join(", ")),
            },
            members: if held.len() == 1 { Vec::new() } else { full },
            label,
            details,
            missing: first.missing,
            attention: Attention::Ordinary,
        })
    }

    fn bindings(&mut self) {
        for bindings in members(&self.classes.bindings).into_values() {
            let bound: Vec<&Bound> = bindings.iter().filter_map(|&it| self.facts.bindings.get(it)).collect();
            let Some(node) = self.binding(&bound) else { continue };
            self.note(bound.iter().map(|bound| bound.id.clone()), &node.id);
            let role = bound.first().map_or(0, |first| first.role);
            let (attention, _) = self.danger(at(&self.classes.roles, role));
            if let Some(to) = self.facts.roles.get(role).and_then(|role| self.nodes.get(&role.id)) {
                let (from, full) = (node.id.clone(), format!("{} gives its role", node.full));
                self.graph.edges.push(Edge { from, to: to.clone(), full, attention, ..Edge::default() });
            }
            self.graph.nodes.push(node);
        }
    }

    fn binding(&self, bound: &[&Bound]) -> Option<Node> {
        let first = bound.first()?;
        let role = self.facts.roles.get(first.role)?;
        let wide = self.facts.scopes.get(role.scope).is_some_and(String::is_empty);
        let kind = if wide { "ClusterRoleBinding" } else { "RoleBinding" };
        let full: BTreeSet<String> = bound.iter().map(|bound| format!("{kind} {}", bound.name)).collect();
        let full: Vec<String> = full.into_iter().collect();
        let label = match bound {
            [one] => short(&one.name),
            many => count(many.len(), "binding", "bindings"),
        };
        Some(Node {
            layer: BINDINGS,
            rank: self.danger(at(&self.classes.roles, first.role)).1,
            id: first.id.clone(),
            group: Some(band(self.scope(role))),
            shape: Shape::Pill,
            badge: if wide { "CRB" } else { "RB" }.to_owned(),
            full: if bound.len() == 1 { full.concat() } else { label.clone() },
            members: if bound.len() == 1 { Vec::new() } else { full },
            label,
            ..Node::default()
        })
    }
}

/// Names for a band's head.
fn listed(names: &[&str], what: &str) -> String {
    const MOST: usize = 10;
    let more = match names.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {}", count(more, "more", "more")),
    };
    format!("{what}: {}{more}", names.iter().take(MOST).copied().collect::<Vec<_>>().join(", "))
}
