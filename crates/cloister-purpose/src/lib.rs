//! Purposes and the network (Art. 5(1)(b)): workloads that reach personal data which their purpose does not use.
//!
//! ```text
//! Register ──▶ stores, activities that use them, activities of workloads
//! Network  ──▶ who reaches a port that a store serves   (callers.rs)
//!                 └──▶ Crossings: those of another purpose, and those of none
//! ```
//!
//! Nothing here reads, fetches or judges; what policies do not tell for certain is no crossing.

mod callers;
pub mod document;
mod stores;

use cloister_inventory::Inventory;
use cloister_network::{Endpoint, Mesh, Network, PortSet};
use cloister_register::{ProcessingActivity, Register};

pub use callers::Callers;
pub use stores::{Store, served, stores};

/// A workload that reaches a store.
#[derive(Debug)]
pub struct Crossing<'r, 'a> {
    /// The workload, as an endpoint.
    pub source: usize,
    /// The activities that it carries out; none where it has no purpose.
    pub activities: Vec<&'r ProcessingActivity<'a>>,
    /// The store, by number among those of the crossings.
    pub store: usize,
    /// The ports of the store that are open to it for certain; of those that it serves, where they are known.
    pub ports: PortSet,
}

/// All of them, in the order of stores and of workloads.
#[derive(Debug, Default)]
pub struct Crossings<'r, 'a> {
    /// The stores of personal data: declared in the register, or recognised.
    pub stores: Vec<Store<'r, 'a>>,
    /// Workloads of another purpose.
    pub crossed: Vec<Crossing<'r, 'a>>,
    /// Workloads that no activity selects and that are no stores themselves.
    pub purposeless: Vec<Crossing<'r, 'a>>,
}

/// Finds them.
pub fn crossings<'r, 'a>(
    network: &Network<'a>,
    inventory: &'a Inventory,
    register: &'r Register<'a>,
) -> Crossings<'r, 'a> {
    let mut found = Crossings { stores: stores(network, register), ..Crossings::default() };
    let mesh = Mesh::of(network, inventory);
    let callers = Callers::of(network, found.stores.iter().map(|store| store.endpoint));
    for (number, store) in found.stores.iter().enumerate() {
        for (source, ports) in callers.of_store(network, mesh.as_ref(), store.endpoint, &store.serves) {
            let Some(workload) = network.endpoint(source).and_then(Endpoint::workload) else { continue };
            let activities = register.activities_of(workload.resource);
            let is_store = || !register.stores_of(workload.resource).is_empty();
            let crossing = Crossing { source, activities, store: number, ports };
            if crossing.activities.is_empty() {
                let other = is_store() || register.recognised(workload.resource).is_some();
                found.purposeless.extend((!other).then_some(crossing));
            } else if store.is_crossed_by(workload.resource, &crossing.activities, register) {
                found.crossed.push(crossing);
            }
        }
    }
    found
}
