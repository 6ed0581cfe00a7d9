//! Stores of personal data as ends of connections, and who reaches them.

use std::collections::HashMap;

use cloister_inventory::Inventory;
use cloister_network::{Caller, Endpoint, Mesh, Network, PortSet, Protocol};
use cloister_register::exposure::DataAtRisk;
use cloister_register::{ProcessingActivity, Register};

use crate::are_compatible;

/// A store that runs.
#[derive(Debug)]
pub struct Store<'r, 'a> {
    /// Its workload, as an endpoint.
    pub endpoint: usize,
    /// Its name in the register, or its workload's.
    pub name: &'a str,
    /// What it holds, in words.
    pub holds: String,
    /// Whether a register declares it; otherwise it was recognised.
    pub declared: bool,
    /// The activities that use it.
    pub activities: Vec<&'r ProcessingActivity<'a>>,
    /// The ports that its containers declare; all of TCP where they declare none.
    pub serves: PortSet,
}

impl Store<'_, '_> {
    /// Whether none of these activities uses it, nor is compatible with one that does. Where no activity uses it,
    /// nobody has another purpose.
    pub(crate) fn is_of_another_purpose(&self, activities: &[&ProcessingActivity<'_>]) -> bool {
        let may = activities.iter().any(|own| self.activities.iter().any(|using| are_compatible(own, using)));
        !self.activities.is_empty() && !may
    }
}

/// Every store, in the order of endpoints.
pub(crate) fn stores<'r, 'a>(network: &Network<'a>, register: &'r Register<'a>) -> Vec<Store<'r, 'a>> {
    let mut found = Vec::new();
    for (endpoint, it) in network.endpoints().iter().enumerate() {
        let Endpoint::Workload(workload) = it else { continue };
        let serves = served(workload.resource);
        let declared = register.stores_of(workload.resource);
        if let Some(first) = declared.first() {
            let using = declared.iter().flat_map(|store| register.activities_using(store.name()));
            let mut activities: Vec<_> = using.collect();
            activities.sort_by_key(|activity| activity.name());
            activities.dedup_by_key(|activity| activity.name());
            let holds = DataAtRisk::of_store(first, register).phrase();
            found.push(Store { endpoint, name: first.name(), holds, declared: true, activities, serves });
        } else if let Some(recognised) = register.recognised(workload.resource) {
            let activities = register.activities_of(workload.resource);
            let holds = format!("{}, in no register", recognised.engine.meaning());
            found.push(Store { endpoint, name: &workload.resource.name, holds, declared: false, activities, serves });
        }
    }
    found
}

fn served(resource: &cloister_model::Resource) -> PortSet {
    let containers = Inventory::pods_of(resource).flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let ports = containers.flat_map(|container| container.node.items_at("ports")).filter_map(|port| {
        let protocol = port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)?;
        Some(PortSet::one(protocol, u16::try_from(port.int_at("containerPort")?).ok().filter(|it| *it > 0)?))
    });
    let ports = ports.fold(PortSet::default(), |all, it| all.union(&it));
    if ports.is_empty() { PortSet::all_of(Protocol::Tcp) } else { ports }
}

/// Who reaches stores.
pub(crate) struct Callers<'n, 'a> {
    network: &'n Network<'a>,
    mesh: Option<Mesh<'n, 'a>>,
    /// By the class of the store: each class of workloads, and the ports that it reaches.
    known: HashMap<usize, Vec<(usize, PortSet)>>,
}

impl<'n, 'a> Callers<'n, 'a> {
    pub fn of(network: &'n Network<'a>, inventory: &'a Inventory) -> Callers<'n, 'a> {
        Callers { network, mesh: Mesh::of(network, inventory), known: HashMap::new() }
    }

    /// The workloads that for certain reach ports that the store serves, in order.
    pub fn of_store(&mut self, store: &Store<'_, '_>) -> Vec<(usize, PortSet)> {
        let (network, mesh) = (self.network, &self.mesh);
        let Some(class) = network.class_of(store.endpoint) else { return Vec::new() };
        let classes = self.known.entry(class).or_insert_with(|| classes(network, store.endpoint));
        let mut found = Vec::new();
        for (class, open) in classes.iter() {
            let open = open.intersection(&store.serves);
            for caller in network.members(*class).iter().filter(|it| **it != store.endpoint) {
                let left = mesh.as_ref().map_or_else(
                    || open.clone(),
                    |mesh| {
                        let narrowing = mesh.between(Caller::Endpoint(*caller), store.endpoint);
                        open.difference(&narrowing.closed_ports()).difference(&narrowing.perhaps)
                    },
                );
                found.extend((!left.is_empty()).then_some((*caller, left)));
            }
        }
        found.sort_unstable();
        found
    }
}

/// Classes of workloads, with what they reach of one endpoint.
fn classes(network: &Network<'_>, store: usize) -> Vec<(usize, PortSet)> {
    let reached = (0..network.class_count()).filter_map(|class| {
        let first = *network.members(class).first()?;
        network.endpoint(first)?.workload()?;
        let open = network.between(first, store).allowed();
        (!open.is_empty()).then_some((class, open))
    });
    reached.collect()
}
