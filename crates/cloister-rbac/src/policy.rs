//! The snapshot: roles and bindings, found by subject and by what they are about.

use cloister_inventory::Inventory;
use cloister_model::Diagnostic;
use foldhash::HashMap;

use crate::binding::SubjectKind;
use crate::{Binding, Role, Rule, aggregate, diagnose, role};

/// Namespace (empty: everywhere), and who; names by their numbers.
type Key = (u32, SubjectKind, u32, u32);

/// A binding and the index of the subject in it.
pub(crate) type Held = (u32, u32);

/// Everything that decides what may be done, at one moment.
#[derive(Debug, Default)]
pub struct Policy<'a> {
    pub(crate) rules: Vec<Rule<'a>>,
    pub(crate) roles: Vec<Role<'a>>,
    pub(crate) bindings: Vec<Binding<'a>>,
    /// A number for each name of bindings and subjects.
    names: HashMap<&'a str, u32>,
    held: HashMap<Key, Vec<Held>>,
    /// Rules by each word of `resources`.
    by_resource: HashMap<&'a str, Vec<u32>>,
    by_url: Vec<u32>,
    roles_of_rule: Vec<Vec<u32>>,
    bindings_of_role: Vec<Vec<u32>>,
    /// Kinds without which "no" is not certain.
    pub(crate) unread: Vec<&'a str>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Policy<'a> {
    /// Reads the roles and bindings of an inventory. What cannot be right is told by [`Policy::diagnostics`].
    pub fn new(inventory: &'a Inventory) -> Policy<'a> {
        let mut policy = Policy { unread: unread(inventory), ..Policy::default() };
        let kinds = ["ClusterRole", "Role"];
        policy.roles = kinds.iter().flat_map(|&kind| role::objects(inventory, kind)).map(Role::new).collect();
        policy.read_rules();
        let aggregated = aggregate::resolve(&policy.roles);
        for (index, rules) in aggregated.rules {
            if let Some(role) = policy.roles.get_mut(index) {
                role.rules = rules;
            }
        }
        let kinds = ["ClusterRoleBinding", "RoleBinding"];
        policy.bindings = kinds.iter().flat_map(|&kind| role::objects(inventory, kind)).map(Binding::read).collect();
        policy.link();
        policy.index();
        policy.diagnostics = diagnose::diagnostics(&policy, &aggregated.cycles);
        policy
    }

    /// What in roles and bindings cannot be right.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether roles or bindings could not be read, so that there may be more rights than are known.
    pub fn is_incomplete(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Every role.
    pub fn roles(&self) -> &[Role<'a>] {
        &self.roles
    }

    /// Every binding.
    pub fn bindings(&self) -> &[Binding<'a>] {
        &self.bindings
    }

    /// The roles that a binding gives; more than one only where the input has one twice.
    pub fn roles_of(&self, binding: &Binding<'a>) -> impl Iterator<Item = &Role<'a>> {
        binding.roles.iter().filter_map(|&role| self.roles.get(index(role)))
    }

    /// The rules of a role, those that it collects from others among them.
    pub fn rules_of(&self, role: &Role<'a>) -> impl Iterator<Item = &Rule<'a>> {
        role.rules.iter().filter_map(|&rule| self.rules.get(index(rule)))
    }

    fn read_rules(&mut self) {
        for role in &mut self.roles {
            for (place, node) in role.resource.root.items_at("rules").iter().enumerate() {
                role.rules.push(number(self.rules.len()));
                self.rules.push(Rule::read(role.resource, place, node));
            }
        }
    }

    fn link(&mut self) {
        let mut by_name: HashMap<(&str, &str), Vec<u32>> = HashMap::default();
        for (place, role) in self.roles.iter().enumerate() {
            by_name.entry((role.namespace, role.name)).or_default().push(number(place));
        }
        for binding in &mut self.bindings {
            let found = binding.role_key().and_then(|key| by_name.get(&key));
            binding.roles = found.cloned().unwrap_or_default();
        }
    }

    fn index(&mut self) {
        self.roles_of_rule = vec![Vec::new(); self.rules.len()];
        self.bindings_of_role = vec![Vec::new(); self.roles.len()];
        for (place, role) in self.roles.iter().enumerate() {
            for &rule in &role.rules {
                push(&mut self.roles_of_rule, rule, place);
            }
        }
        for (place, rule) in self.rules.iter().enumerate() {
            for word in &rule.resources {
                self.by_resource.entry(word).or_default().push(number(place));
            }
            if !rule.urls.is_empty() {
                self.by_url.push(number(place));
            }
        }
        for (place, binding) in self.bindings.iter().enumerate() {
            for &role in &binding.roles {
                push(&mut self.bindings_of_role, role, place);
            }
            for (position, subject) in binding.subjects.iter().enumerate() {
                let names = &mut self.names;
                let mut of = |name| {
                    let next = number(names.len());
                    *names.entry(name).or_insert(next)
                };
                let key = (of(binding.namespace), subject.kind, of(subject.namespace), of(subject.name));
                self.held.entry(key).or_default().push((number(place), number(position)));
            }
        }
    }

    /// The bindings in `namespace` (empty: cluster-wide ones) that name a subject.
    pub(crate) fn held(&self, namespace: &str, kind: SubjectKind, of: &str, name: &str) -> &[Held] {
        let number = |name| self.names.get(name).copied();
        let key = number(namespace).zip(number(of)).zip(number(name));
        let held = key.and_then(|((namespace, of), name)| self.held.get(&(namespace, kind, of, name)));
        held.map_or(&[], Vec::as_slice)
    }

    /// Rules with this very word among their resources.
    pub(crate) fn rules_about(&self, word: &str) -> &[u32] {
        self.by_resource.get(word).map_or(&[], Vec::as_slice)
    }

    /// Rules about paths of the server.
    pub(crate) fn rules_about_urls(&self) -> &[u32] {
        &self.by_url
    }

    /// The bindings that give a rule, each with the role that it gives it by.
    pub(crate) fn given_by(&self, rule: u32) -> impl Iterator<Item = (u32, u32)> {
        let roles = self.roles_of_rule.get(index(rule)).into_iter().flatten();
        roles.flat_map(|&role| {
            self.bindings_of_role.get(index(role)).into_iter().flatten().map(move |&binding| (binding, role))
        })
    }
}

/// Without these kinds a question cannot be answered with "no".
fn unread(inventory: &Inventory) -> Vec<&str> {
    let kinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    let unread = inventory.inputs().unread.iter().map(|unread| &*unread.kind);
    unread.filter(|kind| kinds.contains(kind)).collect()
}

fn push(lists: &mut [Vec<u32>], at: u32, value: usize) {
    if let Some(list) = lists.get_mut(index(at))
        && list.last() != Some(&number(value))
    {
        list.push(number(value));
    }
}

/// Numbers of things in memory; four billion of them do not fit there.
pub(crate) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
