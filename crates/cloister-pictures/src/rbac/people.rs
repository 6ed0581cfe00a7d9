//! Subjects, in each band in which they hold something: so no edge leaves its band.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Edge, Node, Shape};
use cloister_rbac::SubjectKind;

use super::classes::at;
use super::draw::{Draft, PEOPLE, band, members};
use super::facts::{Person, Presence};
use super::label;

impl<'f> Draft<'f> {
    pub(super) fn people(&mut self) {
        let bound = members(&self.classes.bindings).into_iter();
        let bound: BTreeMap<usize, usize> = bound.filter_map(|(class, of)| Some((class, *of.first()?))).collect();
        for there in members(&self.classes.people).into_values() {
            let there: Vec<&'f Presence> = there.iter().filter_map(|&it| self.facts.presences.get(it)).collect();
            let mut leads: BTreeMap<usize, usize> = BTreeMap::new();
            for presence in &there {
                let classes = presence.bindings.iter().map(|&binding| at(&self.classes.bindings, binding));
                let classes: BTreeSet<usize> = classes.collect();
                classes.into_iter().for_each(|class| *leads.entry(class).or_default() += 1);
            }
            let to = leads.iter().filter_map(|(class, number)| Some((*bound.get(class)?, *number < there.len())));
            let to: Vec<(usize, bool)> = to.collect();
            self.person(&there, &to);
        }
    }

    /// `to`: one binding of each class that they are bound by, and whether only some of them are.
    fn person(&mut self, there: &[&'f Presence], to: &[(usize, bool)]) {
        let numbers: BTreeSet<usize> = there.iter().map(|presence| presence.person).collect();
        let who: Vec<&Person> = numbers.iter().filter_map(|&person| self.facts.people.get(person)).collect();
        let (Some(first), Some(place)) = (who.first(), there.first()) else { return };
        let group = band(at(&self.classes.scopes, place.scope));
        let id = format!("{}@{group}", first.id);
        let (label, details) = match who.as_slice() {
            [one] => (one.name.clone(), vec![self.below(one, there)]),
            many => label::many(many, self.several(there, numbers.len())),
        };
        let full = match (who.as_slice(), details.first()) {
            ([one], Some(below)) if one.kind != SubjectKind::ServiceAccount || below.contains('·') => {
                format!("{}, {below}", label::full(one))
            }
            ([one], _) => label::full(one),
            _ => format!("{label} {}", details.join(", ")),
        };
        let mut rank = u32::MAX;
        for (binding, partial) in to {
            let Some(bound) = self.facts.bindings.get(*binding) else { continue };
            let Some(target) = self.nodes.get(&bound.id).cloned() else { continue };
            let (attention, place) = self.danger(at(&self.classes.roles, bound.role));
            rank = rank.min(place);
            let told = format!("{full}, bound by {}", bound.name);
            let edge =
                Edge { from: id.clone(), to: target, full: told, attention, partial: *partial, ..Edge::default() };
            self.graph.edges.push(edge);
        }
        let names = there.iter().filter_map(|presence| {
            let person = self.facts.people.get(presence.person)?;
            Some(format!("{}@{}", person.id, self.facts.scopes.get(presence.scope)?))
        });
        self.note(names.collect::<Vec<_>>().into_iter(), &id);
        self.graph.nodes.push(Node {
            layer: PEOPLE,
            rank,
            id,
            group: Some(group),
            shape: if first.kind == SubjectKind::ServiceAccount { Shape::Cut } else { Shape::Pill },
            badge: label::badge(first.kind).to_owned(),
            label,
            details,
            full,
            members: if who.len() == 1 { Vec::new() } else { who.iter().map(|person| label::full(person)).collect() },
            ..Node::default()
        });
    }

    /// Below the name of one subject: what it is, and where else it is found.
    fn below(&self, one: &Person, there: &[&Presence]) -> String {
        let here: BTreeSet<usize> = there.iter().map(|presence| presence.scope).collect();
        let scopes: Vec<usize> = self.facts.scopes_of(there.first().map_or(usize::MAX, |first| first.person));
        let others = scopes.into_iter().filter(|scope| !here.contains(scope));
        let names: Vec<&str> = others.filter_map(|scope| self.facts.scopes.get(scope)).map(String::as_str).collect();
        let also = match names.as_slice() {
            [] => String::new(),
            ["", ..] => " · also everywhere".to_owned(),
            [other] if *other == one.namespace => " · also there".to_owned(),
            [other] => format!(" · also in {other}"),
            others => format!(" · also in {} more", others.len()),
        };
        format!("{}{also}", label::below(one))
    }

    /// What must be said of subjects that are drawn as one in a band of several namespaces.
    fn several(&self, there: &[&Presence], people: usize) -> &'static str {
        let scopes: BTreeSet<usize> = there.iter().map(|presence| presence.scope).collect();
        let class = there.first().map(|first| at(&self.classes.scopes, first.scope));
        if self.level.various || class == self.classes.rest {
            "with various rights"
        } else if scopes.len() > 1 && there.len() == people {
            "each in one of them"
        } else {
            ""
        }
    }
}
