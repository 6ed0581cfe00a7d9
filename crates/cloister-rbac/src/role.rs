//! Roles of both kinds.

use std::collections::HashSet;

use cloister_inventory::Inventory;
use cloister_model::{Origin, Resource};

use crate::bootstrap;

/// The API group of roles and bindings.
pub(crate) const GROUP: &str = "rbac.authorization.k8s.io";

/// The annotation of roles and bindings in a snapshot of a cluster, which holds all of their kind.
pub const SNAPSHOT: &str = "cloister.dev/snapshot";

/// A role with its rules.
#[derive(Clone, Debug)]
pub struct Role<'a> {
    /// The object.
    pub resource: &'a Resource,
    /// Empty for a ClusterRole.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its rules, by their number in the policy.
    pub(crate) rules: Vec<u32>,
    /// The API server keeps the rules that aggregation came to: they are what counts.
    pub(crate) stored: bool,
}

impl<'a> Role<'a> {
    pub(crate) fn new(resource: &'a Resource) -> Role<'a> {
        let is_cluster_wide = &*resource.kind == "ClusterRole";
        Role {
            resource,
            namespace: if is_cluster_wide { "" } else { resource.namespace_or_default() },
            name: &resource.name,
            rules: Vec::new(),
            stored: is_stored(resource),
        }
    }

    /// Whether its rules are collected from others by the control plane.
    pub fn is_aggregated(&self) -> bool {
        self.namespace.is_empty() && self.resource.root.get("aggregationRule").is_some()
    }
}

/// Whether an object was read from an API server, by us or by whoever saved it: only those have a uid.
fn is_stored(resource: &Resource) -> bool {
    let live = matches!(resource.origin, Origin::Cluster(_)) && !bootstrap::is_built_in(resource);
    live || resource.root.str_at("metadata/uid").is_some()
}

/// The objects of a kind: those of the input, and those that every cluster is born with unless the input has them.
pub(crate) fn objects<'a>(inventory: &'a Inventory, kind: &'static str) -> Vec<&'a Resource> {
    let written = inventory.of_kind(kind).filter(|resource| resource.group() == GROUP);
    let mut objects: Vec<&Resource> = written.collect();
    // A cluster that was listed is what it is: what is missing there was taken away.
    let is_whole = inventory.inputs().cluster || objects.iter().any(|object| object.annotation(SNAPSHOT).is_some());
    if !is_whole {
        let known: HashSet<(&str, &str)> = objects.iter().map(|object| key(object)).collect();
        let missing = bootstrap::objects(kind).filter(|object| !known.contains(&key(object)));
        let missing: Vec<&'a Resource> = missing.map(|object| object as &'a Resource).collect();
        objects.extend(missing);
    }
    objects
}

fn key(object: &Resource) -> (&str, &str) {
    let is_cluster_wide = object.kind.starts_with("Cluster");
    (if is_cluster_wide { "" } else { object.namespace_or_default() }, &object.name)
}
