//! Who reaches stores: asked once for all that policies do not tell apart.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_network::{Caller, Mesh, Network, PortSet};

/// Who reaches some workloads.
#[derive(Debug, Default)]
pub struct Callers {
    /// By the class of the workload: each class that reaches it for certain, and the ports that are open to it.
    classes: HashMap<usize, Vec<(usize, Arc<PortSet>)>>,
}

impl Callers {
    /// Asks who reaches these endpoints.
    pub fn of(network: &Network<'_>, stores: impl IntoIterator<Item = usize>) -> Callers {
        let mut incoming = None;
        let mut classes = HashMap::new();
        for store in stores {
            let Some(class) = network.class_of(store) else { continue };
            let incoming = incoming.get_or_insert_with(|| network.incoming());
            classes.entry(class).or_insert_with(|| incoming.callers(store));
        }
        Callers { classes }
    }

    /// The workloads that for certain reach one of the ports that an endpoint serves, but for itself, in order, each
    /// with those that are open to it.
    pub fn of_store(
        &self,
        network: &Network<'_>,
        mesh: Option<&Mesh<'_, '_>>,
        store: usize,
        serves: &PortSet,
    ) -> Vec<(usize, PortSet)> {
        let mut found = Vec::new();
        self.each(network, mesh, (store, serves), |caller, open| found.push((caller, open.clone())));
        found.sort_unstable_by_key(|(caller, _)| *caller);
        found
    }

    /// The same, in no order: most callers share the ports that are open to them.
    pub fn each(
        &self,
        network: &Network<'_>,
        mesh: Option<&Mesh<'_, '_>>,
        (store, serves): (usize, &PortSet),
        mut take: impl FnMut(usize, &PortSet),
    ) {
        let known = network.class_of(store).and_then(|class| self.classes.get(&class));
        for (class, open) in known.into_iter().flatten() {
            let open = open.intersection(serves);
            if open.is_empty() {
                continue;
            }
            for caller in network.members(*class).iter().copied().filter(|it| *it != store) {
                let narrowed = mesh.map(|mesh| narrowed(&open, mesh, caller, store));
                let left = narrowed.as_ref().unwrap_or(&open);
                if !left.is_empty() {
                    take(caller, left);
                }
            }
        }
    }
}

/// What the mesh leaves open for certain.
fn narrowed(open: &PortSet, mesh: &Mesh<'_, '_>, caller: usize, store: usize) -> PortSet {
    let narrowing = mesh.between(Caller::Endpoint(caller), store);
    open.difference(&narrowing.closed_ports()).difference(&narrowing.perhaps)
}
