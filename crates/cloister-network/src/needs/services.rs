//! What stands behind a Service: ports of workloads, addresses, or a name outside.

use std::collections::BTreeMap;

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};

use super::mention::number;
use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;
use crate::ports::{PortSet, Protocol};

/// Services, and the workloads that they lead to.
pub(super) struct Services<'n, 'a> {
    pub(super) network: &'n Network<'a>,
    pub(super) inventory: &'a Inventory,
    by_namespace: BTreeMap<&'a str, Vec<usize>>,
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
        let mut by_namespace: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            if let Endpoint::Workload(workload) = endpoint {
                by_namespace.entry(workload.namespace).or_default().push(number);
            }
        }
        Services { network, inventory, by_namespace }
    }

    /// Every workload.
    pub(super) fn workloads(&self) -> impl Iterator<Item = (usize, &'n Workload<'a>)> + use<'_, 'n, 'a> {
        self.network.endpoints().iter().enumerate().filter_map(|(number, endpoint)| match endpoint {
            Endpoint::Workload(workload) => Some((number, workload)),
            _ => None,
        })
    }

    /// A workload by its number.
    pub(super) fn workload(&self, number: usize) -> Option<&'n Workload<'a>> {
        match self.network.endpoint(number)? {
            Endpoint::Workload(workload) => Some(workload),
            _ => None,
        }
    }

    /// The workloads of a namespace that a map of labels selects.
    pub(super) fn selected(&self, namespace: &str, labels: &'a Node) -> Vec<(usize, &'n Workload<'a>)> {
        let selector = Selector::Map(labels);
        let numbers = self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        let all = numbers.iter().filter_map(|number| Some((*number, self.workload(*number)?)));
        all.filter(|(_, workload)| selector.matches(&workload.labels)).collect()
    }

    /// What a Service leads to by the ports that `wanted` takes; a headless one by every port, if `direct` names one.
    pub(super) fn behind(
        &self,
        service: &'a Resource,
        wanted: impl Fn(&Node) -> bool,
        direct: Option<u16>,
    ) -> Behind<'a> {
        let mut behind = Behind::default();
        if service.root.str_at("spec/type") == Some("ExternalName") {
            behind.name = service.root.str_at("spec/externalName");
            return behind;
        }
        let ports: Vec<&Node> = service.root.items_at("spec/ports").iter().filter(|port| wanted(port)).collect();
        // A headless Service gives the addresses of pods: whoever calls uses the pods' own ports.
        let direct = direct.filter(|_| is_headless(service)).filter(|_| ports.is_empty());
        let direct = direct.map(|port| PortSet::one(Protocol::Tcp, port)).unwrap_or_default();
        let Some(labels) = service.root.at("spec/selector").filter(|it| !it.entries().is_empty()) else {
            let open = ports.iter().fold(direct, |all, port| all.union(&by_number(port)));
            behind.addresses = written(self.inventory, service).map(|address| (address, open.clone())).collect();
            return behind;
        };
        for (number, workload) in self.selected(service.namespace_or_default(), labels) {
            let open = ports.iter().fold(direct.clone(), |all, port| all.union(&of_workload(port, workload)));
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

/// Addresses that stand in EndpointSlices and Endpoints.
fn written<'a>(inventory: &'a Inventory, service: &'a Resource) -> impl Iterator<Item = &'a str> {
    let namespace = service.namespace_or_default();
    let slices = inventory.of_kind_in("EndpointSlice.discovery.k8s.io", namespace);
    let slices = slices.filter(|it| it.label("kubernetes.io/service-name") == Some(&*service.name));
    let in_slices = slices.flat_map(|it| it.root.items_at("endpoints")).flat_map(|it| it.items_at("addresses"));
    let subsets = inventory.get("Endpoints", namespace, &service.name).into_iter();
    let subsets = subsets.flat_map(|it| it.root.items_at("subsets")).flat_map(|it| it.items_at("addresses"));
    in_slices.filter_map(Node::as_str).chain(subsets.filter_map(|it| it.str_at("ip")))
}

/// A port as a number, written as one or as text.
pub(super) fn port_number(node: &Node) -> Option<u16> {
    let own = node.as_int().and_then(|it| u16::try_from(it).ok()).filter(|it| *it > 0);
    own.or_else(|| node.as_str().and_then(number))
}

fn protocol(port: &Node) -> Option<Protocol> {
    port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)
}

fn by_number(port: &Node) -> PortSet {
    let target = port.get("targetPort").or_else(|| port.get("port")).and_then(port_number);
    let target = target.or_else(|| port.get("port").and_then(port_number));
    target.zip(protocol(port)).map(|(number, protocol)| PortSet::one(protocol, number)).unwrap_or_default()
}

fn of_workload(port: &Node, workload: &Workload<'_>) -> PortSet {
    let Some((target, protocol)) = port.get("targetPort").or_else(|| port.get("port")).zip(protocol(port)) else {
        return PortSet::default();
    };
    if let Some(number) = port_number(target) {
        return PortSet::one(protocol, number);
    }
    // Of several containers that use the name, the first one's counts.
    let mut called = workload.ports.iter().filter(|it| it.protocol == protocol && Some(it.name) == target.as_str());
    called.next().map(|it| PortSet::one(protocol, it.port)).unwrap_or_default()
}
