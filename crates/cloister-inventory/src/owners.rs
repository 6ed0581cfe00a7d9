//! Owner chains: a Deployment's ReplicaSets and pods are one workload.

use std::collections::HashSet;

use cloister_model::{Node, Resource};

type Identity<'a> = (&'a str, &'a str, &'a str);

/// For each resource, whether a controller that carries its pod template is
/// also in the inventory (`carries` says which do).
pub fn owned(resources: &[Resource], carries: &[bool]) -> Vec<bool> {
    let owners: HashSet<Identity<'_>> = resources
        .iter()
        .zip(carries)
        .filter(|(_, carries)| **carries)
        .map(|(resource, _)| identity(resource))
        .collect();
    resources.iter().map(|resource| controller(resource).is_some_and(|owner| owners.contains(&owner))).collect()
}

fn identity(resource: &Resource) -> Identity<'_> {
    (&resource.kind, resource.namespace_or_default(), &resource.name)
}

/// The controlling owner. A namespaced object's owner lives in its own namespace.
fn controller(resource: &Resource) -> Option<Identity<'_>> {
    let references = resource.root.items_at("metadata/ownerReferences");
    let owner = references.iter().find(|reference| reference.bool_at("controller") == Some(true));
    let owner: &Node = owner.or_else(|| references.first())?;
    Some((owner.str_at("kind")?, resource.namespace_or_default(), owner.str_at("name")?))
}
