//! Who holds which rights where, as far as it is wished for, and how much was left out.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cloister_graph::Attention;
use cloister_rbac::{Action, Binding, Policy, ResourceAction, Rule, Subject, SubjectKind};

use super::born::Born;
use super::rights::{Right, rights};
use super::{Question, Store, Wish, ids};

/// Somebody who is bound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub kind: SubjectKind,
    pub namespace: String,
    pub name: String,
    pub id: String,
}

/// A role where it is bound.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub id: String,
    /// The number of the scope.
    pub scope: usize,
    pub kind: String,
    pub name: String,
    pub missing: bool,
    pub rights: Vec<Right>,
}

impl Held {
    /// The worst of its rights.
    pub fn attention(&self) -> Attention {
        self.rights.iter().map(|right| right.attention).max().unwrap_or_default()
    }
}

/// A binding.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub id: String,
    pub name: String,
    /// The number of the role where it is bound.
    pub role: usize,
}

/// A subject in a scope in which it holds something.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    pub person: usize,
    pub scope: usize,
    pub bindings: BTreeSet<usize>,
}

/// What was left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Left {
    /// Grants that every cluster is born with.
    pub born: usize,
    /// Bindings of nobody.
    pub empty: usize,
    /// Roles that nobody is bound to.
    pub unbound: usize,
    /// Grants that were not wished for.
    pub others: usize,
}

/// Everything that the picture is made of; each list in its own order, whatever the input's.
#[derive(Debug, Default)]
pub(super) struct Facts<'f> {
    pub stores: &'f [Store],
    /// Namespaces; empty for the whole cluster.
    pub scopes: Vec<String>,
    pub people: Vec<Person>,
    pub roles: Vec<Held>,
    pub bindings: Vec<Bound>,
    /// By person, then by scope.
    pub presences: Vec<Presence>,
    pub left: Left,
}

/// Scope, kind and name of a role, whether it is missing, and its rules.
type Unweighed<'p> = (String, String, String, bool, Vec<Rule<'p>>);
/// One grant, before it is counted.
type Grant = (Person, String);

impl<'f> Facts<'f> {
    pub fn new(policy: &Policy<'_>, stores: &'f [Store], wish: &Wish<'_>) -> Facts<'f> {
        let mut left = Left::default();
        let kept = kept(policy, wish, &mut left);
        let mut roles: BTreeMap<String, Unweighed<'_>> = BTreeMap::new();
        let mut bindings: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut grants: BTreeSet<Grant> = BTreeSet::new();
        for Kept { binding, subjects, rules } in kept {
            let (id, role) = (ids::binding(binding), ids::role(binding));
            let missing = policy.roles_of(binding).next().is_none();
            roles.entry(role.clone()).or_insert_with(|| {
                let (scope, kind, name) = (binding.namespace, binding.role_kind, binding.role_name);
                (scope.to_owned(), kind.to_owned(), name.to_owned(), missing, rules)
            });
            bindings.insert(id.clone(), (binding.resource.name.to_string(), role));
            grants.extend(subjects.into_iter().map(|subject| (person(subject), id.clone())));
        }
        let mut facts = Facts { stores, left, ..Facts::default() };
        facts.count(roles, bindings, grants, wish);
        facts
    }

    fn count(
        &mut self,
        roles: BTreeMap<String, Unweighed<'_>>,
        bindings: BTreeMap<String, (String, String)>,
        grants: BTreeSet<Grant>,
        wish: &Wish<'_>,
    ) {
        let stores = self.stores;
        let held = roles.into_iter().filter_map(|(id, (scope, kind, name, missing, rules))| {
            let rules: Vec<&Rule<'_>> = rules.iter().collect();
            let mut rights = rights(&rules, &scope, stores);
            wish.keep(&mut rights, stores);
            let keep = !rights.is_empty() || wish.store.is_none();
            keep.then_some((scope, Held { id, scope: 0, kind, name, missing, rights }))
        });
        let held: Vec<(String, Held)> = held.collect();
        self.scopes = held.iter().map(|(scope, _)| scope.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        for (scope, mut role) in held {
            role.scope = self.scopes.binary_search(&scope).unwrap_or_default();
            self.roles.push(role);
        }
        for (id, (name, role)) in bindings {
            if let Ok(role) = self.roles.binary_search_by(|held| held.id.cmp(&role)) {
                self.bindings.push(Bound { id, name, role });
            }
        }
        let all = grants.len();
        let binding = |id: &str| self.bindings.binary_search_by(|bound| bound.id.as_str().cmp(id)).ok();
        let found: Vec<(Person, usize)> =
            grants.into_iter().filter_map(|(person, id)| Some((person, binding(&id)?))).collect();
        self.left.others += all - found.len();
        self.people = found.iter().map(|(person, _)| person.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let number = |person: &Person| self.people.binary_search(person).unwrap_or_default();
        let scope = |binding: usize| self.roles.get(self.bindings.get(binding)?.role).map(|role| role.scope);
        let mut presences: BTreeMap<(usize, usize), BTreeSet<usize>> = BTreeMap::new();
        for (person, binding) in &found {
            let key = (number(person), scope(*binding).unwrap_or_default());
            presences.entry(key).or_default().insert(*binding);
        }
        let one = |((person, scope), bindings)| Presence { person, scope, bindings };
        self.presences = presences.into_iter().map(one).collect();
    }
}

impl Facts<'_> {
    /// The scopes in which a subject holds something.
    pub fn scopes_of(&self, person: usize) -> Vec<usize> {
        let from = self.presences.partition_point(|there| there.person < person);
        let theirs = self.presences.iter().skip(from).take_while(|there| there.person == person);
        theirs.map(|there| there.scope).collect()
    }
}

fn person(subject: &Subject<'_>) -> Person {
    let (kind, namespace, name) = (subject.kind, subject.namespace.to_owned(), subject.name.to_owned());
    Person { kind, namespace, name, id: ids::person(subject) }
}

/// A binding, who of its subjects is drawn, and which rules.
struct Kept<'p, 'a> {
    binding: &'p Binding<'a>,
    subjects: Vec<&'p Subject<'a>>,
    rules: Vec<Rule<'p>>,
}

fn kept<'p, 'a>(policy: &'p Policy<'a>, wish: &'p Wish<'_>, left: &mut Left) -> Vec<Kept<'p, 'a>> {
    let born = if wish.built_in { Born::default() } else { Born::new() };
    let asked = Asked::new(policy, wish);
    let mut kept = Vec::new();
    let mut given = HashSet::new();
    for binding in policy.bindings() {
        given.extend(policy.roles_of(binding).map(std::ptr::from_ref));
        left.empty += usize::from(binding.subjects.is_empty() && !born.binds(binding));
        let mut subjects: Vec<&Subject<'_>> = Vec::new();
        for subject in &binding.subjects {
            if !wish.built_in && born.has(policy, binding, subject) {
                left.born += 1;
            } else if asked.wants(wish, binding, subject) {
                subjects.push(subject);
            } else {
                left.others += 1;
            }
        }
        let rules = if subjects.is_empty() { Vec::new() } else { rules(policy, wish, binding) };
        // A question is answered by rules; without one, a role without rules is worth seeing too.
        if !rules.is_empty() || wish.question.is_none() && !subjects.is_empty() {
            kept.push(Kept { binding, subjects, rules });
        } else {
            left.others += subjects.len();
        }
    }
    let unbound = policy.roles().iter().filter(|role| !given.contains(&std::ptr::from_ref(*role)));
    left.unbound = unbound.filter(|role| !born.knows(role)).count();
    kept
}

/// The grants of one subject; `None` where nobody asked for one.
struct Asked(Option<HashSet<Pair>>);

/// A binding and a subject of it, by where they lie.
type Pair = (*const (), *const ());

fn pair(binding: &Binding<'_>, subject: &Subject<'_>) -> Pair {
    (std::ptr::from_ref(binding).cast(), std::ptr::from_ref(subject).cast())
}

impl Asked {
    fn new(policy: &Policy<'_>, wish: &Wish<'_>) -> Asked {
        let holdings = wish.subject.as_ref().map(|identity| policy.what_can(identity));
        Asked(holdings.map(|list| list.iter().map(|holding| pair(holding.binding, holding.subject)).collect()))
    }

    fn wants(&self, wish: &Wish<'_>, binding: &Binding<'_>, subject: &Subject<'_>) -> bool {
        let in_namespace = wish.namespace.is_none_or(|namespace| ["", namespace].contains(&binding.namespace));
        in_namespace
            && wish.question.as_ref().is_none_or(|question| question.counts_in(binding.namespace))
            && self.0.as_ref().is_none_or(|theirs| theirs.contains(&pair(binding, subject)))
    }
}

impl Question {
    /// Whether a binding of this namespace can answer it; an empty one is the whole cluster.
    fn counts_in(&self, scope: &str) -> bool {
        match &self.action {
            _ if scope.is_empty() => true,
            Action::Url { .. } => false,
            Action::Resource(action) => {
                if action.namespace.is_empty() {
                    self.anywhere
                } else {
                    action.namespace == scope
                }
            }
        }
    }
}

/// All rules of the role that a binding gives, or what of them answers the question.
fn rules<'p>(policy: &'p Policy<'_>, wish: &'p Wish<'_>, binding: &'p Binding<'_>) -> Vec<Rule<'p>> {
    let all = policy.roles_of(binding).flat_map(|role| policy.rules_of(role));
    match &wish.question {
        None => all.cloned().collect(),
        Some(Question { action, .. }) => {
            all.filter(|rule| rule.allows(action)).map(|rule| answer(rule, action)).collect()
        }
    }
}

type Words<'p> = Box<[&'p str]>;

/// The part of a rule that allows an action.
fn answer<'p>(rule: &Rule<'p>, action: &'p Action) -> Rule<'p> {
    let (verb, groups, resources, urls): (&str, Words<'p>, Words<'p>, Words<'p>) = match action {
        Action::Resource(action) => {
            let path = if action.subresource.is_empty() { action.resource.as_str() } else { word(rule, action) };
            (&action.verb, [action.group.as_str()].into(), [path].into(), Box::default())
        }
        Action::Url { verb, path } => (verb, Box::default(), Box::default(), [path.as_str()].into()),
    };
    Rule { verbs: [verb].into(), groups, resources, urls, ..rule.clone() }
}

/// The word by which a rule means a subresource: `pods/exec`, `*/exec`, or `*`.
fn word<'p>(rule: &Rule<'p>, action: &ResourceAction) -> &'p str {
    let is_meant = |word: &&&str| word.split_once('/').is_some_and(|(_, below)| below == action.subresource);
    rule.resources.iter().find(is_meant).copied().unwrap_or("*")
}

impl Wish<'_> {
    /// Only rights that reach the store, and only stores that are meant.
    fn keep(&self, rights: &mut Vec<Right>, stores: &[Store]) {
        let is_meant = |number: &usize| {
            let store = stores.get(*number);
            store.is_some_and(|store| {
                self.store.is_none_or(|name| store.name == name)
                    && self.namespace.is_none_or(|namespace| store.namespaces().contains(&namespace))
            })
        };
        for right in rights.iter_mut() {
            right.ways.retain(|(number, _)| is_meant(number));
        }
        if self.store.is_some() {
            rights.retain(|right| !right.ways.is_empty());
        }
    }
}
