//! What ties a result to a workload: its images, and who owns what it has made. Only who has the inventory knows it.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_inventory::Inventory;
use cloister_model::{Resource, ResourceRef};

/// Kind, namespace and name.
pub type Named = (Arc<str>, Arc<str>, Arc<str>);

/// Images and owners.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    /// The images of each workload.
    pub images: Vec<(Arc<ResourceRef>, Vec<Box<str>>)>,
    owners: HashMap<Named, Named>,
}

/// What others make, and scanners name.
const MADE: [&str; 3] = ["Pod", "ReplicaSet", "Job"];
/// No chain of owners is longer.
const LONGEST: usize = 5;

impl Ties {
    /// Of an inventory.
    pub fn of(inventory: &Inventory) -> Ties {
        let mut ties = Ties::default();
        for pod in inventory.pods() {
            let images = pod.containers().map(|one| one.image()).filter(|image| !image.is_empty()).map(Box::from);
            let images: Vec<Box<str>> = images.collect();
            match ties.images.last_mut() {
                Some((last, known)) if is(last, pod.resource) => known.extend(images),
                _ => ties.images.push((Arc::new(pod.resource.reference()), images)),
            }
        }
        for resource in MADE.into_iter().flat_map(|kind| inventory.of_kind(kind)) {
            if let Some(owner) = owner(resource) {
                ties.owners.insert(named(resource), owner);
            }
        }
        ties
    }

    /// What stands behind an object at the end: its owner's owner, or itself.
    pub fn root(&self, object: Named) -> Named {
        let mut at = object;
        for _ in 0..LONGEST {
            match self.owners.get(&at) {
                Some(owner) => at = owner.clone(),
                None => break,
            }
        }
        at
    }
}

fn is(known: &ResourceRef, resource: &Resource) -> bool {
    known.kind == resource.kind && known.name == resource.name && known.namespace == resource.namespace
}

fn named(resource: &Resource) -> Named {
    (resource.kind.clone(), resource.namespace_or_default().into(), resource.name.clone())
}

fn owner(resource: &Resource) -> Option<Named> {
    let all = resource.root.items_at("metadata/ownerReferences");
    let one = all.iter().find(|one| one.bool_at("controller") == Some(true)).or_else(|| all.first())?;
    Some((one.str_at("kind")?.into(), resource.namespace_or_default().into(), one.str_at("name")?.into()))
}
