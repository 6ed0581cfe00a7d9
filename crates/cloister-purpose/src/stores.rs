//! Stores of personal data as ends of connections.

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Endpoint, Network, PortSet, Protocol};
use cloister_register::exposure::DataAtRisk;
use cloister_register::{ProcessingActivity, Register};

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
    /// Whether none of a workload's activities uses it, nor is compatible with one that does. Where no activity uses
    /// it, nobody has another purpose; and its own workloads are what it is made of.
    pub fn is_crossed_by(
        &self,
        workload: &Resource,
        activities: &[&ProcessingActivity<'_>],
        register: &Register<'_>,
    ) -> bool {
        let may = activities.iter().any(|own| self.activities.iter().any(|using| own.is_compatible_with(using)));
        let is_part = || register.stores_of(workload).iter().any(|store| self.declared && store.name() == self.name);
        !self.activities.is_empty() && !activities.is_empty() && !may && !is_part()
    }
}

/// Every store, in the order of endpoints.
pub fn stores<'r, 'a>(network: &Network<'a>, register: &'r Register<'a>) -> Vec<Store<'r, 'a>> {
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

/// The ports that the containers of a workload declare; all of TCP where they declare none.
pub fn served(resource: &Resource) -> PortSet {
    let containers = Inventory::pods_of(resource).flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let ports = containers.flat_map(|container| container.node.items_at("ports")).filter_map(|port| {
        let protocol = port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)?;
        Some(PortSet::one(protocol, u16::try_from(port.int_at("containerPort")?).ok().filter(|it| *it > 0)?))
    });
    let ports = ports.fold(PortSet::default(), |all, it| all.union(&it));
    if ports.is_empty() { PortSet::all_of(Protocol::Tcp) } else { ports }
}
