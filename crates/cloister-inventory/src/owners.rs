//! Owner chains: a Deployment's ReplicaSets and pods are one workload.

use cloister_model::{Node, Resource};
use foldhash::{HashMap, HashSet};

type Identity<'a> = (&'a str, &'a str, &'a str);

/// For each resource, whether its chain of controllers leads to a workload that
/// nobody in the inventory owns (`carries` says which resources have a pod
/// template). Those that own each other in a circle are workloads themselves:
/// nothing else would speak for their pods.
pub fn owned(resources: &[Resource], carries: &[bool]) -> Vec<bool> {
    let carriers = || resources.iter().zip(carries).filter(|(_, carries)| **carries).map(|(resource, _)| resource);
    let names: HashSet<Identity<'_>> = carriers().map(identity).collect();
    let owner = |resource| controller(resource).filter(|owner| names.contains(owner));
    let mut owned_by: HashMap<Identity<'_>, Vec<Identity<'_>>> = HashMap::default();
    let mut next = Vec::new();
    for resource in carriers() {
        match owner(resource) {
            Some(owner) => owned_by.entry(owner).or_default().push(identity(resource)),
            None => next.push(identity(resource)),
        }
    }
    let mut grounded = HashSet::default();
    while let Some(name) = next.pop() {
        if grounded.insert(name) {
            next.extend(owned_by.get(&name).into_iter().flatten());
        }
    }
    resources.iter().map(|resource| owner(resource).is_some_and(|owner| grounded.contains(&owner))).collect()
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
