//! What stands behind a Service: ports of workloads, addresses, or a name outside.

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use crate::behind::{self, ByNamespace, Open, Written, kind_of, number, protocol};
use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;
use crate::ports::{PortSet, Protocol};

/// Services, and the workloads that they lead to.
pub(super) struct Services<'n, 'a> {
    pub(super) network: &'n Network<'a>,
    pub(super) inventory: &'a Inventory,
    by_namespace: ByNamespace<'n, 'a>,
}

/// What a Service leads to.
#[derive(Debug, Default)]
pub(super) struct Behind<'a> {
    /// Workloads and their ports.
    pub(super) workloads: Vec<(usize, PortSet)>,
    /// Addresses outside, as they are written, and their ports.
    pub(super) addresses: Vec<(&'a str, PortSet)>,
    /// A name outside.
    pub(super) name: Option<&'a str>,
}

impl<'n, 'a> Services<'n, 'a> {
    pub(super) fn of(network: &'n Network<'a>, inventory: &'a Inventory) -> Services<'n, 'a> {
        Services { network, inventory, by_namespace: ByNamespace::of(network) }
    }

    /// Every workload.
    pub(super) fn workloads(&self) -> impl Iterator<Item = (usize, &'n Workload<'a>)> + use<'_, 'n, 'a> {
        self.network.endpoints().iter().enumerate().filter_map(|(number, endpoint)| match endpoint {
            Endpoint::Workload(workload) => Some((number, workload)),
            _ => None,
        })
    }

    /// The workloads of a namespace that a map of labels selects.
    pub(super) fn selected(&self, namespace: &str, labels: &'a Node) -> Vec<(usize, &'n Workload<'a>)> {
        self.by_namespace.selected(namespace, labels).collect()
    }

    /// What a Service leads to by the ports that `wanted` takes; a headless one by every port, if `direct` names one.
    pub(super) fn behind(
        &self,
        service: &'a Resource,
        wanted: impl Fn(&Node) -> bool,
        direct: Option<u16>,
    ) -> Behind<'a> {
        let mut behind = Behind::default();
        if kind_of(service) == "ExternalName" {
            behind.name = service.root.str_at("spec/externalName");
            return behind;
        }
        let ports: Vec<&Node> = service.root.items_at("spec/ports").iter().filter(|port| wanted(port)).collect();
        // A headless Service gives the addresses of pods: whoever calls uses the pods' own ports.
        let direct = direct.filter(|_| is_headless(service)).filter(|_| ports.is_empty());
        let direct = direct.map(|port| PortSet::one(Protocol::Tcp, port)).unwrap_or_default();
        let Some(labels) = behind::selector(service) else {
            let open = ports.iter().fold(direct, |all, port| all.union(&by_number(port)));
            let addresses = Written::of(self.inventory, service).addresses.into_iter();
            behind.addresses = addresses.map(|address| (address, open.clone())).collect();
            return behind;
        };
        for (number, workload) in self.selected(service.namespace_or_default(), labels) {
            let open = ports.iter().fold(direct.clone(), |all, port| all.union(&Open::of(port, workload).ports()));
            if !open.is_empty() {
                behind.workloads.push((number, open));
            }
        }
        behind
    }
}

/// Whether a Service has no address of its own.
pub(super) fn is_headless(service: &Resource) -> bool {
    service.root.str_at("spec/clusterIP") == Some("None")
}

fn by_number(port: &Node) -> PortSet {
    let own = || port.get("port").and_then(number);
    let target = behind::target(port).and_then(number).or_else(own);
    target.zip(protocol(port)).map(|(number, protocol)| PortSet::one(protocol, number)).unwrap_or_default()
}
