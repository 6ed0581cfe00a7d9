//! Role bindings: who is bound to what, and which rules a service account gets.

use std::collections::HashMap;
use std::sync::OnceLock;

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};
use cloister_rbac::{Binding, Grant, Policy};

use super::rules::Rule;

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

/// Kinds that say what somebody can come to: access, and what would refuse a step.
pub(super) const CLIMBED: &[&str] = &[
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
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
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

/// The bindings of an inventory by service account, and what they give as the authoriser reads them.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    policy: Policy<'a>,
    /// Indexes of bindings in the policy.
    accounts: HashMap<(&'a str, &'a str), Vec<usize>>,
    groups: HashMap<&'a str, Vec<usize>>,
    /// Where each binding and role is in the policy, by where it lies in memory.
    bindings: HashMap<usize, usize>,
    roles: HashMap<usize, usize>,
    /// What each binding gives, read when somebody asks: those of groups are asked about for every account.
    given: Vec<OnceLock<Held<'a>>>,
}

fn address(resource: &Resource) -> usize {
    std::ptr::from_ref(resource).addr()
}

impl<'a> Access<'a> {
    /// Indexes the bindings.
    pub fn of(inventory: &'a Inventory) -> Access<'a> {
        let policy = Policy::new(inventory);
        let (mut accounts, mut groups) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
        for (index, binding) in policy.bindings().iter().enumerate() {
            for subject in subjects(binding.resource) {
                if let Some(account) = subject.service_account() {
                    accounts.entry(account).or_default().push(index);
                } else if subject.kind == "Group" {
                    groups.entry(subject.name).or_default().push(index);
                }
            }
        }
        let bindings = policy.bindings().iter().map(|binding| address(binding.resource)).zip(0..).collect();
        let roles = policy.roles().iter().map(|role| address(role.resource)).zip(0..).collect();
        let given = policy.bindings().iter().map(|_| OnceLock::new()).collect();
        Access { policy, accounts, groups, bindings, roles, given }
    }

    /// A binding, as the authoriser reads it.
    pub(super) fn binding(&self, resource: &Resource) -> Option<&Binding<'a>> {
        self.policy.bindings().get(*self.bindings.get(&address(resource))?)
    }

    /// Everybody who holds a rule of a role, by its index there; by roles that collect it as well.
    pub(super) fn holders(&self, role: &Resource, index: usize) -> impl Iterator<Item = Grant<'_, 'a>> {
        let role = self.roles.get(&address(role)).and_then(|number| self.policy.roles().get(*number));
        role.into_iter().flat_map(move |role| self.policy.holders(role, index))
    }

    /// Who may do what, as the authoriser reads it.
    pub fn policy(&self) -> &Policy<'a> {
        &self.policy
    }

    /// Whether a binding names this very account.
    pub fn is_bound(&self, namespace: &str, account: &str) -> bool {
        self.accounts.contains_key(&(namespace, account))
    }

    /// What a service account holds, by its own name and by the groups that every
    /// service account is in.
    pub(super) fn held(&self, namespace: &str, account: &str) -> Vec<&Held<'a>> {
        let own = self.accounts.get(&(namespace, account)).into_iter().flatten();
        let of_namespace = format!("system:serviceaccounts:{namespace}");
        let groups = [&*of_namespace, "system:serviceaccounts", "system:authenticated"];
        let by_group = groups.into_iter().filter_map(|group| self.groups.get(group)).flatten();
        own.chain(by_group).filter_map(|index| self.given_by(*index)).collect()
    }

    fn given_by(&self, index: usize) -> Option<&Held<'a>> {
        let binding = self.policy.bindings().get(index)?;
        let read = || {
            let rules = self.policy.roles_of(binding).flat_map(|role| self.policy.rules_of(role));
            Held {
                binding: binding.resource,
                namespace: Some(binding.namespace).filter(|namespace| !namespace.is_empty()),
                rules: rules.map(|rule| Rule::of(rule.role, rule.node)).collect(),
            }
        };
        self.given.get(index).map(|given| given.get_or_init(read))
    }
}

/// A question about each binding, which is asked for every account that it is given to and answered once.
#[derive(Debug)]
pub(super) struct Answers<T> {
    known: HashMap<usize, T>,
}

impl<T: Clone> Answers<T> {
    /// None yet.
    pub fn new() -> Answers<T> {
        Answers { known: HashMap::new() }
    }

    /// The answer about one of [`Access::held`].
    pub fn about(&mut self, held: &Held<'_>, ask: impl FnOnce() -> T) -> T {
        self.known.entry(std::ptr::from_ref(held).addr()).or_insert_with(ask).clone()
    }
}
