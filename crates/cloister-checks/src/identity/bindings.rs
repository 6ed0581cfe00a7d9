//! Role bindings: who is bound to what, and which rules a service account gets.

use std::collections::HashMap;

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Place, Resource};

use super::builtin;
use super::rules::{Rule, is_aggregated, rules_of};

/// Bindings of both kinds.
pub(super) const BINDINGS: &[&str] = &["ClusterRoleBinding", "RoleBinding"];

/// What the checks over workloads and their rights rely on, besides workloads.
pub(super) const ACCESS: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
];

/// One entry of a binding's `subjects`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    binding: &'a Resource,
    /// As written.
    pub node: &'a Node,
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl<'a> Subject<'a> {
    /// The service account that this is, as namespace and name: by kind, or as
    /// the user name that its token carries.
    pub fn service_account(&self) -> Option<(&'a str, &'a str)> {
        match self.kind {
            "ServiceAccount" => Some((self.namespace()?, self.name)),
            "User" => self.name.strip_prefix("system:serviceaccount:")?.split_once(':'),
            _ => None,
        }
    }

    /// As written; a RoleBinding's own namespace where nothing is.
    fn namespace(&self) -> Option<&'a str> {
        let written = self.node.str_at("namespace").filter(|namespace| !namespace.is_empty());
        written.or_else(|| (&*self.binding.kind == "RoleBinding").then(|| self.binding.namespace_or_default()))
    }

    /// Whether this is the group `name`.
    pub fn is_group(&self, name: &str) -> bool {
        self.kind == "Group" && self.name == name
    }

    /// The place of its name.
    pub fn place(&self) -> Place<'a> {
        Place::of(self.binding, self.node).at("name")
    }
}

/// The subjects of a binding; what has no kind or name is left out.
pub(super) fn subjects(binding: &Resource) -> impl Iterator<Item = Subject<'_>> {
    binding.root.items_at("subjects").iter().filter_map(move |node| {
        Some(Subject { binding, node, kind: node.str_at("kind")?.trim(), name: node.str_at("name")?.trim() })
    })
}

/// The role that a binding gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoleRef<'a> {
    /// `ClusterRole` or `Role`.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// The role that a binding names; `None` when it names none.
pub(super) fn role_ref(binding: &Resource) -> Option<RoleRef<'_>> {
    let node = binding.root.get("roleRef")?;
    Some(RoleRef { kind: node.str_at("kind")?.trim(), name: node.str_at("name")?.trim() })
}

/// Whether a binding gives the ClusterRole `name`.
pub(super) fn gives_cluster_role(binding: &Resource, name: &str) -> bool {
    role_ref(binding) == Some(RoleRef { kind: "ClusterRole", name })
}

/// Rules that a subject holds by one binding.
#[derive(Clone, Debug)]
pub(super) struct Held<'a> {
    /// The binding.
    pub binding: &'a Resource,
    /// Where the rules hold; `None` is everywhere.
    pub namespace: Option<&'a str>,
    /// The rules; none when the role was not read.
    pub rules: Vec<Rule<'a>>,
}

/// The bindings of an inventory by service account.
#[derive(Debug)]
pub(super) struct Access<'a> {
    inventory: &'a Inventory,
    accounts: HashMap<(&'a str, &'a str), Vec<&'a Resource>>,
    groups: HashMap<&'a str, Vec<&'a Resource>>,
}

impl<'a> Access<'a> {
    /// Indexes the bindings.
    pub fn of(inventory: &'a Inventory) -> Access<'a> {
        let mut access = Access { inventory, accounts: HashMap::new(), groups: HashMap::new() };
        for binding in BINDINGS.iter().flat_map(|kind| inventory.of_kind(kind)) {
            for subject in subjects(binding) {
                if let Some(account) = subject.service_account() {
                    access.accounts.entry(account).or_default().push(binding);
                } else if subject.kind == "Group" {
                    access.groups.entry(subject.name).or_default().push(binding);
                }
            }
        }
        access
    }

    /// Whether a binding names this very account.
    pub fn is_bound(&self, namespace: &str, account: &str) -> bool {
        self.accounts.contains_key(&(namespace, account))
    }

    /// What a service account holds, by its own name and by the groups that every
    /// service account is in.
    pub fn held(&self, namespace: &'a str, account: &'a str) -> Vec<Held<'a>> {
        let own = self.accounts.get(&(namespace, account)).into_iter().flatten();
        let of_namespace = format!("system:serviceaccounts:{namespace}");
        let groups = [&*of_namespace, "system:serviceaccounts", "system:authenticated"];
        let by_group = groups.into_iter().filter_map(|group| self.groups.get(group)).flatten();
        own.chain(by_group).filter_map(|binding| self.held_by(binding)).collect()
    }

    fn held_by(&self, binding: &'a Resource) -> Option<Held<'a>> {
        let role = role_ref(binding)?;
        let namespace = (&*binding.kind == "RoleBinding").then(|| binding.namespace_or_default());
        let rules = match (role.kind, namespace) {
            ("ClusterRole", _) => self.cluster_role(role.name),
            ("Role", Some(namespace)) => self
                .inventory
                .get("Role", namespace, role.name)
                .map(|role| rules_of(role).collect())
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        Some(Held { binding, namespace, rules })
    }

    /// The rules of a ClusterRole: its own, what it collects, or what is known of it.
    fn cluster_role(&self, name: &str) -> Vec<Rule<'a>> {
        let Some(role) = self.inventory.of_kind("ClusterRole").find(|role| &*role.name == name) else {
            return builtin::rules(name).unwrap_or_default().into_iter().map(Rule::known).collect();
        };
        if !is_aggregated(role) {
            return rules_of(role).collect();
        }
        let selectors = role.root.items_at("aggregationRule/clusterRoleSelectors");
        let collected = |other: &&Resource| {
            other.name != role.name && selectors.iter().any(|node| Selector::Labels(node).matches(other.labels()))
        };
        let parts: Vec<Rule<'a>> = self.inventory.of_kind("ClusterRole").filter(collected).flat_map(rules_of).collect();
        // A role that collects nothing in this input shows what its controller collected elsewhere.
        if parts.is_empty() { rules_of(role).collect() } else { parts }
    }
}
