//! What a selector of the register can select.

use std::collections::HashSet;

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Entry, Resource};

use crate::exposure::references;
use crate::recognise;

/// A workload: what carries a pod template, or an operator's resource that
/// makes a database.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// The Deployment, StatefulSet, CronJob, Cluster …
    pub resource: &'a Resource,
    /// Its pods; unknown kinds may carry several templates, operators' resources none.
    pub pods: Vec<Pod<'a>>,
}

impl<'a> Workload<'a> {
    /// Every workload of the inventory, each once, in its order.
    pub fn all(inventory: &'a Inventory) -> Vec<Workload<'a>> {
        let mut workloads: Vec<Workload<'a>> = Vec::new();
        for pod in inventory.pods() {
            match workloads.last_mut() {
                Some(last) if std::ptr::eq(last.resource, pod.resource) => last.pods.push(pod),
                _ => workloads.push(Workload { resource: pod.resource, pods: vec![pod] }),
            }
        }
        let known: HashSet<*const Resource> =
            workloads.iter().map(|known| std::ptr::from_ref(known.resource)).collect();
        let made = recognise::made_by_operators(inventory);
        let bare = made.filter(|resource| !known.contains(&std::ptr::from_ref(*resource)));
        let bare: Vec<_> = bare.map(|resource| Workload { resource, pods: Vec::new() }).collect();
        workloads.extend(bare);
        workloads
    }

    /// Its namespace.
    pub fn namespace(&self) -> &'a str {
        self.resource.namespace_or_default()
    }

    /// Kind and name of each thing that it uses, such as Secrets; all in its namespace, except storage classes.
    pub fn uses(&self) -> Vec<(&'static str, String)> {
        references(self)
    }

    /// The labels of each pod template, then its own.
    pub(crate) fn label_sets(&self) -> impl Iterator<Item = &'a [Entry]> {
        self.pods.iter().map(Pod::labels).chain([self.resource.labels()])
    }

    /// For messages: `Deployment api`.
    pub fn phrase(&self) -> String {
        format!("{} {}", self.resource.kind, self.resource.name)
    }
}
