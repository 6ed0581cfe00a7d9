//! What every cluster is born with, told from what was changed or added.

use std::collections::{HashMap, HashSet};

use cloister_inventory::{Inputs, Inventory};
use cloister_rbac::{Binding, Policy, Role, Rule, Subject};

type Key = (String, String, String, String);

/// The grants of a new cluster.
#[derive(Debug, Default)]
pub(super) struct Born {
    grants: HashSet<(Key, String)>,
    rules: HashMap<String, HashSet<String>>,
    roles: HashSet<(String, String)>,
    bindings: HashSet<Key>,
}

impl Born {
    pub fn new() -> Born {
        // Without any input, a policy is what every cluster is born with.
        let inventory = Inventory::new(Vec::new(), Inputs::default());
        let policy = Policy::new(&inventory);
        let roles = policy.roles().iter().map(|role| (role.namespace.to_owned(), role.name.to_owned())).collect();
        let mut born = Born { roles, ..Born::default() };
        for binding in policy.bindings() {
            born.bindings.insert(key(binding));
            for subject in &binding.subjects {
                born.grants.insert((key(binding), super::ids::person(subject)));
            }
            for role in policy.roles_of(binding) {
                let rules = policy.rules_of(role).map(text);
                born.rules.entry(super::ids::role(binding)).or_default().extend(rules);
            }
        }
        born
    }

    /// Whether a new cluster has a role of this name.
    pub fn knows(&self, role: &Role<'_>) -> bool {
        self.roles.contains(&(role.namespace.to_owned(), role.name.to_owned()))
    }

    /// Whether a new cluster has this binding, whomever it binds.
    pub fn binds(&self, binding: &Binding<'_>) -> bool {
        self.bindings.contains(&key(binding))
    }

    /// Whether a new cluster has this grant, with no more rules in its role.
    pub fn has(&self, policy: &Policy<'_>, binding: &Binding<'_>, subject: &Subject<'_>) -> bool {
        if !self.grants.contains(&(key(binding), super::ids::person(subject))) {
            return false;
        }
        let known = self.rules.get(&super::ids::role(binding));
        let mut rules = policy.roles_of(binding).flat_map(|role| policy.rules_of(role));
        rules.all(|rule| known.is_some_and(|known| known.contains(&text(rule))))
    }
}

fn key(binding: &Binding<'_>) -> Key {
    let name = binding.resource.name.to_string();
    (binding.namespace.to_owned(), name, binding.role_kind.to_owned(), binding.role_name.to_owned())
}

fn text(rule: &Rule<'_>) -> String {
    let sorted = |words: &[&str]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.join(",")
    };
    let lists = [&rule.verbs, &rule.groups, &rule.resources, &rule.names, &rule.urls];
    lists.map(|list| sorted(list)).join(";")
}
