//! What stands behind a Service: the ports of workloads (`EndpointSlice` as its controller would write it).

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};

use super::guard::block;
use super::lead::Ways;
use super::nowhere::Reason;
use crate::addresses::AddressSet;
use crate::endpoints::{Endpoint, Workload};
use crate::ports::{PortSet, Protocol};

/// How a port of a Service is named.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// All of them.
    All,
    /// By the Service's own number or name.
    Own(&'a Node),
    /// By its name, or by the port of its pods (`route.openshift.io/v1`).
    Target(&'a Node),
    /// By its number.
    Number(u16),
}

/// A workload, and those of its ports that a Service leads to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) workload: usize,
    pub(super) ports: PortSet,
    pub(super) undeclared: bool,
}

/// `spec.type` as it takes effect.
pub(super) fn kind_of(service: &Resource) -> &str {
    service.root.str_at("spec/type").unwrap_or("ClusterIP")
}

/// A number from 1 to 65535.
pub(super) fn number(node: &Node) -> Option<u16> {
    let parsed = || node.as_str().and_then(|text| text.parse().ok());
    node.as_int().and_then(|number| u16::try_from(number).ok()).or_else(parsed).filter(|number| *number > 0)
}

impl<'a> Ways<'_, 'a> {
    /// The workloads behind a Service; why there are none otherwise.
    pub(super) fn behind(&self, service: &'a Resource, wanted: Wanted<'a>) -> Result<Vec<Target>, Vec<Reason<'a>>> {
        if let Some(host) = service.root.str_at("spec/externalName").filter(|_| kind_of(service) == "ExternalName") {
            return Err(vec![Reason::ExternalName(host)]);
        }
        let ports: Vec<&'a Node> =
            service.root.items_at("spec/ports").iter().filter(|it| is_wanted(it, wanted)).collect();
        if ports.is_empty() && !matches!(wanted, Wanted::All) {
            return Err(vec![Reason::NoPort(format!("Service {} has no port {}", service.name, words(wanted)))]);
        }
        let Some(selector) = service.root.at("spec/selector").filter(|it| !it.entries().is_empty()) else {
            return self.by_hand(service, &ports);
        };
        let selector = Selector::Map(selector);
        let inside = self.within(service.namespace_or_default());
        let selected = inside.filter(|(_, workload)| selector.matches(&workload.labels));
        let (mut targets, mut reasons) = (Vec::new(), Vec::new());
        for (number, workload) in selected {
            let target = of_workload(&ports, workload);
            reasons.extend(target.unnamed.into_iter().map(|port| Reason::PortNotNamed(port, workload.to_string())));
            if !target.ports.is_empty() {
                targets.push(Target { workload: number, ports: target.ports, undeclared: target.undeclared });
            }
        }
        match (targets.is_empty(), reasons.is_empty()) {
            (false, _) => Ok(targets),
            (true, false) => Err(reasons),
            (true, true) => Err(vec![Reason::NoEndpoints(&service.name)]),
        }
    }

    /// A Service without selector: its EndpointSlices or Endpoints are written by somebody.
    fn by_hand(&self, service: &'a Resource, ports: &[&'a Node]) -> Result<Vec<Target>, Vec<Reason<'a>>> {
        let (addresses, numbers) = written(self.inventory, service);
        if addresses.is_empty() {
            return Err(vec![Reason::NoSelector(&service.name)]);
        }
        let mut open = numbers;
        if open.is_empty() {
            let targets = ports.iter().filter_map(|port| number(port.get("targetPort").or_else(|| port.get("port"))?));
            open = targets.fold(PortSet::default(), |all, it| all.union(&PortSet::one(Protocol::Tcp, it)));
        }
        let has = |workload: &Workload<'_>| workload.addresses.as_ref().is_some_and(|own| !own.is_disjoint(&addresses));
        let endpoints = self.network.endpoints().iter().enumerate();
        let found = endpoints.filter_map(|(number, endpoint)| match endpoint {
            Endpoint::Workload(workload) if has(workload) => Some(number),
            _ => None,
        });
        let target = |workload| Target { workload, ports: open.clone(), undeclared: false };
        let targets: Vec<Target> = found.map(target).collect();
        if targets.is_empty() { Err(vec![Reason::Outside(addresses.to_string())]) } else { Ok(targets) }
    }
}

/// Addresses and ports that stand in EndpointSlices and Endpoints.
fn written<'a>(inventory: &'a Inventory, service: &'a Resource) -> (AddressSet, PortSet) {
    let namespace = service.namespace_or_default();
    let slices = inventory.of_kind_in("EndpointSlice.discovery.k8s.io", namespace);
    let slices = slices.filter(|it| it.label("kubernetes.io/service-name") == Some(&*service.name));
    let mut addresses: Vec<&str> = Vec::new();
    let mut ports: Vec<&Node> = Vec::new();
    for slice in slices {
        addresses.extend(slice.root.items_at("endpoints").iter().flat_map(|it| it.strs_at("addresses")));
        ports.extend(slice.root.items_at("ports"));
    }
    for subset in
        inventory.get("Endpoints", namespace, &service.name).into_iter().flat_map(|it| it.root.items_at("subsets"))
    {
        addresses.extend(subset.items_at("addresses").iter().filter_map(|it| it.str_at("ip")));
        ports.extend(subset.items_at("ports"));
    }
    let all = addresses.into_iter().filter_map(block);
    let numbers = ports.into_iter().filter_map(|port| Some(PortSet::one(protocol(port)?, number(port.get("port")?)?)));
    (
        all.fold(AddressSet::default(), |set, it| set.union(&it)),
        numbers.fold(PortSet::default(), |set, it| set.union(&it)),
    )
}

fn protocol(port: &Node) -> Option<Protocol> {
    port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)
}

fn is_wanted(port: &Node, wanted: Wanted<'_>) -> bool {
    let named = |field: &str, wanted: &Node| port.get(field).is_some_and(|own| own.value == wanted.value);
    match wanted {
        Wanted::All => true,
        Wanted::Number(wanted) => port.get("port").and_then(number) == Some(wanted),
        Wanted::Own(wanted) => named("port", wanted) || named("name", wanted),
        Wanted::Target(wanted) => {
            let target = port.get("targetPort").or_else(|| port.get("port"));
            named("name", wanted) || target.is_some_and(|it| it.value == wanted.value)
        }
    }
}

fn words(wanted: Wanted<'_>) -> String {
    match wanted {
        Wanted::All => String::new(),
        Wanted::Own(node) | Wanted::Target(node) => node.scalar().unwrap_or_default(),
        Wanted::Number(number) => number.to_string(),
    }
}

#[derive(Default)]
struct OfWorkload {
    ports: PortSet,
    undeclared: bool,
    unnamed: Vec<String>,
}

/// The ports of a workload that ports of a Service lead to.
fn of_workload(ports: &[&Node], workload: &Workload<'_>) -> OfWorkload {
    let mut found = OfWorkload::default();
    for node in ports {
        let Some((target, protocol)) = node.get("targetPort").or_else(|| node.get("port")).zip(protocol(node)) else {
            continue;
        };
        if let Some(number) = number(target) {
            found.ports = found.ports.union(&PortSet::one(protocol, number));
            found.undeclared |= !declares(workload, protocol, number);
            continue;
        }
        let mut called = workload.ports.iter().filter(|it| it.protocol == protocol && Some(it.name) == target.as_str());
        match called.next() {
            Some(port) => found.ports = found.ports.union(&PortSet::one(protocol, port.port)),
            None => found.unnamed.extend(target.scalar()),
        }
    }
    found
}

fn declares(workload: &Workload<'_>, wanted: Protocol, port: u16) -> bool {
    let containers = Inventory::pods_of(workload.resource).flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let mut ports = containers.flat_map(|container| container.node.items_at("ports"));
    ports.any(|it| protocol(it) == Some(wanted) && it.get("containerPort").and_then(number) == Some(port))
}
