//! The ways from volumes, classes and roles to what uses them, each found once.

use std::collections::HashMap;

use cloister_inventory::Inventory;
use cloister_model::Resource;

/// Claims by what they name, and bindings by their role.
#[derive(Debug, Default)]
pub(super) struct Links<'a> {
    by_volume: HashMap<&'a str, Vec<&'a Resource>>,
    by_class: HashMap<&'a str, Vec<&'a Resource>>,
    /// ClusterRoles that are bound for the whole cluster, and where the others are.
    bound: HashMap<&'a str, Bound<'a>>,
}

/// Where a ClusterRole is bound.
#[derive(Debug, Default)]
pub(super) struct Bound<'a> {
    /// For the whole cluster.
    pub everywhere: bool,
    /// In these namespaces, each once.
    pub namespaces: Vec<&'a str>,
}

impl<'a> Links<'a> {
    /// Follows every claim and binding.
    pub fn of(inventory: &'a Inventory) -> Links<'a> {
        let mut links = Links::default();
        for claim in inventory.of_kind("PersistentVolumeClaim") {
            for (path, map) in
                [("spec/volumeName", &mut links.by_volume), ("spec/storageClassName", &mut links.by_class)]
            {
                claim.root.str_at(path).into_iter().for_each(|name| map.entry(name).or_default().push(claim));
            }
        }
        for binding in inventory.of_kind("ClusterRoleBinding") {
            role(binding).into_iter().for_each(|role| links.bound.entry(role).or_default().everywhere = true);
        }
        for binding in inventory.of_kind("RoleBinding") {
            let namespace = binding.namespace_or_default();
            let bound = role(binding).map(|role| links.bound.entry(role).or_default());
            // The inventory is sorted by namespace.
            if let Some(bound) = bound.filter(|bound| bound.namespaces.last() != Some(&namespace)) {
                bound.namespaces.push(namespace);
            }
        }
        links
    }

    /// The claims that name this volume.
    pub fn of_volume(&self, name: &str) -> impl Iterator<Item = &'a Resource> {
        self.by_volume.get(name).into_iter().flatten().copied()
    }

    /// The claims of this storage class.
    pub fn of_class(&self, name: &str) -> impl Iterator<Item = &'a Resource> {
        self.by_class.get(name).into_iter().flatten().copied()
    }

    /// Where this ClusterRole is bound.
    pub fn bound(&self, role: &str) -> Option<&Bound<'a>> {
        self.bound.get(role)
    }
}

/// The ClusterRole that a binding grants.
fn role(binding: &Resource) -> Option<&str> {
    (binding.root.str_at("roleRef/kind") == Some("ClusterRole")).then(|| binding.root.str_at("roleRef/name"))?
}
