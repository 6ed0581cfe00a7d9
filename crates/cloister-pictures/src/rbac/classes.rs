//! What is drawn as one. Things of one class have the same to say; how much must be the same is the level's choice.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::Attention;
use cloister_model::PersonalData;
use cloister_rbac::SubjectKind;

use super::facts::{Facts, Held, Presence};
use super::object::Kind;
use super::stores::Ways;

/// What may be folded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Subjects that hold the same.
    pub people: bool,
    /// Bindings of the same role.
    pub bindings: bool,
    /// What is ordinary: roles that give nothing else, and, only counted, what others give beside.
    pub quiet: bool,
    /// Roles of the same reach, as far as it is dangerous.
    pub roles: bool,
    /// Namespaces that look the same.
    pub scopes: bool,
    /// So many namespaces, or kinds of them, are told apart; the least dangerous are not.
    pub keep: usize,
    /// Subjects of the same kind and danger, whatever they hold.
    pub various: bool,
}

impl Level {
    /// From nothing folded to hardly anything left.
    pub fn all() -> Vec<Level> {
        let none = Level {
            people: false,
            bindings: false,
            quiet: false,
            roles: false,
            scopes: false,
            keep: usize::MAX,
            various: false,
        };
        let people = Level { people: true, ..none };
        let bindings = Level { bindings: true, ..people };
        let quiet = Level { quiet: true, ..bindings };
        let roles = Level { roles: true, ..quiet };
        let scopes = Level { scopes: true, ..roles };
        let kept = [24, 12, 8, 5].map(|keep| Level { keep, ..scopes });
        let rest = kept.into_iter().chain([12, 5, 3, 1].map(|keep| Level { keep, various: true, ..scopes }));
        [none, people, bindings, quiet, roles, scopes].into_iter().chain(rest).collect()
    }
}

/// The class of each thing.
#[derive(Debug, Default)]
pub(super) struct Classes {
    pub scopes: Vec<usize>,
    /// Of each subject in each scope in which it holds something.
    pub people: Vec<usize>,
    pub bindings: Vec<usize>,
    pub roles: Vec<usize>,
    /// The class of scopes in which all that is not kept lies.
    pub rest: Option<usize>,
}

/// What a role reaches, where it matters: for ordinary rights only the verbs.
type Reach = BTreeSet<(Attention, Option<Kind>, String, BTreeSet<(PersonalData, Ways)>)>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    /// Itself alone.
    Own(usize),
    Reach(Reach),
    Danger(Attention),
}

/// How a subject looks within a scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Own(usize),
    /// Its kind, whether it is an account of that very namespace, in how much of the band it is found, what it holds.
    Same(SubjectKind, bool, Spread, BTreeSet<usize>),
    Various(SubjectKind, Attention),
}

/// In how many of the namespaces of a band somebody is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spread {
    One,
    Some,
    All,
}

impl Classes {
    pub fn new(facts: &Facts<'_>, level: Level) -> Classes {
        let mut classes = Classes { scopes: (0..facts.scopes.len()).collect(), ..Classes::default() };
        if level.scopes {
            classes.scopes = intern(&looks(facts));
        }
        if level.keep < usize::MAX {
            classes.fold_rest(facts, level.keep);
        }
        let scope = |role: &Held| at(&classes.scopes, role.scope);
        let is_rest = |role: &Held| classes.rest.is_some_and(|rest| scope(role) == rest);
        let keys = facts.roles.iter().enumerate().map(|(index, role)| {
            let look = match level.roles {
                _ if level.quiet && role.attention() == Attention::Ordinary => Look::Danger(Attention::Ordinary),
                true if is_rest(role) || level.various && level.keep < 12 => Look::Danger(role.attention()),
                true => Look::Reach(reach(role, facts)),
                false => Look::Own(index),
            };
            (scope(role), role.missing, look)
        });
        classes.roles = intern(&keys.collect::<Vec<_>>());
        let bindings = facts.bindings.iter().enumerate();
        let own = |index: usize| if level.bindings { usize::MAX } else { index };
        let keys = bindings.map(|(index, bound)| (at(&classes.roles, bound.role), own(index)));
        classes.bindings = intern(&keys.collect::<Vec<_>>());
        classes.people = classes.people_of(facts, level);
        classes
    }

    /// As many nodes will be drawn at least.
    pub fn least(&self) -> usize {
        let number = |classes: &[usize]| classes.iter().max().map_or(0, |last| last + 1);
        number(&self.people) + number(&self.bindings) + number(&self.roles)
    }

    fn people_of(&self, facts: &Facts<'_>, level: Level) -> Vec<usize> {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        self.scopes.iter().for_each(|class| *sizes.entry(*class).or_default() += 1);
        let mut found: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for there in &facts.presences {
            *found.entry((there.person, at(&self.scopes, there.scope))).or_default() += 1;
        }
        let one = |there: &Presence| {
            let class = at(&self.scopes, there.scope);
            let Some(person) = facts.people.get(there.person).filter(|_| level.people) else {
                return (class, Who::Own(there.person));
            };
            if level.various {
                let role = |binding: &usize| facts.roles.get(facts.bindings.get(*binding)?.role);
                let worst = there.bindings.iter().filter_map(role).map(Held::attention).max().unwrap_or_default();
                return (class, Who::Various(person.kind, worst));
            }
            let spread = match found.get(&(there.person, class)).copied().unwrap_or_default() {
                0 | 1 => Spread::One,
                number if sizes.get(&class) == Some(&number) => Spread::All,
                _ => Spread::Some,
            };
            let own = facts.scopes.get(there.scope) == Some(&person.namespace);
            let held = there.bindings.iter().map(|&binding| at(&self.bindings, binding)).collect();
            (class, Who::Same(person.kind, own, spread, held))
        };
        intern(&facts.presences.iter().map(one).collect::<Vec<_>>())
    }

    /// All but the most dangerous namespaces become one class.
    fn fold_rest(&mut self, facts: &Facts<'_>, keep: usize) {
        let ranked = self.ranked(facts);
        let namespaces = ranked.iter().filter(|&&class| !self.is_cluster(facts, class));
        let rest: BTreeSet<usize> = namespaces.skip(keep).copied().collect();
        if let Some(&first) = rest.first().filter(|_| rest.len() > 1) {
            self.rest = Some(first);
            self.scopes.iter_mut().filter(|class| rest.contains(class)).for_each(|class| *class = first);
        }
    }

    fn is_cluster(&self, facts: &Facts<'_>, class: usize) -> bool {
        facts.scopes.iter().zip(&self.scopes).any(|(scope, it)| scope.is_empty() && *it == class)
    }

    /// The classes of scopes: the whole cluster, then the most dangerous, the rest at the end.
    pub fn ranked(&self, facts: &Facts<'_>) -> Vec<usize> {
        let classes: BTreeSet<usize> = self.scopes.iter().copied().collect();
        let mut keyed: Vec<_> =
            classes.into_iter().map(|class| (class, Attention::Ordinary, PersonalData::None)).collect();
        for role in &facts.roles {
            let class = at(&self.scopes, role.scope);
            let Ok(place) = keyed.binary_search_by_key(&class, |key| key.0) else { continue };
            let Some((_, attention, level)) = keyed.get_mut(place) else { continue };
            *attention = role.attention().max(*attention);
            let reached = role.rights.iter().flat_map(|right| &right.ways);
            let levels = reached.filter_map(|(store, _)| facts.stores.get(*store)).map(|store| store.level);
            *level = levels.max().unwrap_or_default().max(*level);
        }
        let last = |class: usize| (!self.is_cluster(facts, class), self.rest == Some(class));
        keyed.sort_by(|one, other| {
            last(one.0)
                .cmp(&last(other.0))
                .then(other.2.cmp(&one.2))
                .then(other.1.cmp(&one.1))
                .then(one.0.cmp(&other.0))
        });
        keyed.into_iter().map(|(class, ..)| class).collect()
    }
}

/// Whether it is a namespace; who reaches what in it, and whether that is an account of its own.
type Scenery = (bool, BTreeSet<(Reach, SubjectKind, bool)>);

/// What each namespace looks like to somebody who does not know its name. The whole cluster is like nothing else.
fn looks(facts: &Facts<'_>) -> Vec<Scenery> {
    let reaches: Vec<Reach> = facts.roles.iter().map(|role| reach(role, facts)).collect();
    let mut looks: Vec<Scenery> = facts.scopes.iter().map(|scope| (!scope.is_empty(), BTreeSet::new())).collect();
    for there in &facts.presences {
        let Some(person) = facts.people.get(there.person) else { continue };
        let own = facts.scopes.get(there.scope) == Some(&person.namespace);
        let Some((_, look)) = looks.get_mut(there.scope) else { continue };
        let roles = there.bindings.iter().filter_map(|&binding| facts.bindings.get(binding));
        look.extend(roles.filter_map(|bound| Some((reaches.get(bound.role)?.clone(), person.kind, own))));
    }
    looks
}

fn reach(role: &Held, facts: &Facts<'_>) -> Reach {
    let one = |right: &super::rights::Right| {
        let kind = Some(right.kind).filter(|_| right.attention > Attention::Ordinary);
        let level = |number: usize| facts.stores.get(number).map_or(PersonalData::None, |store| store.level);
        let ways = right.ways.iter().map(|(store, ways)| (level(*store), *ways)).collect();
        (right.attention, kind, right.verbs.clone(), ways)
    };
    role.rights.iter().map(one).collect()
}

/// Equal keys get one number; numbers are in the order of keys.
fn intern<K: Ord>(keys: &[K]) -> Vec<usize> {
    let sorted: BTreeSet<&K> = keys.iter().collect();
    let sorted: Vec<&K> = sorted.into_iter().collect();
    keys.iter().map(|key| sorted.binary_search(&key).unwrap_or_default()).collect()
}

pub(super) fn at(list: &[usize], index: usize) -> usize {
    list.get(index).copied().unwrap_or_default()
}
