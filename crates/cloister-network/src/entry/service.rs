//! What stands behind a Service: the ports of workloads (`EndpointSlice` as its controller would write it).

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::guard::block;
use super::lead::Ways;
use super::nowhere::Reason;
use crate::addresses::AddressSet;
use crate::behind::{self, Open, Written, kind_of, number, protocol};
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
        let Some(labels) = behind::selector(service) else { return self.by_hand(service, &ports) };
        let selected = self.by_namespace.selected(service.namespace_or_default(), labels);
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
        let written = Written::of(self.inventory, service);
        let blocks = written.addresses.into_iter().filter_map(block);
        let addresses = blocks.fold(AddressSet::default(), |all, it| all.union(&it));
        if addresses.is_empty() {
            return Err(vec![Reason::NoSelector(&service.name)]);
        }
        let mut open = written.ports;
        if open.is_empty() {
            let targets = ports.iter().filter_map(|port| number(behind::target(port)?));
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

fn is_wanted(port: &Node, wanted: Wanted<'_>) -> bool {
    let named = |field: &str, wanted: &Node| port.get(field).is_some_and(|own| own.value == wanted.value);
    match wanted {
        Wanted::All => true,
        Wanted::Number(wanted) => port.get("port").and_then(number) == Some(wanted),
        Wanted::Own(wanted) => named("port", wanted) || named("name", wanted),
        Wanted::Target(wanted) => {
            named("name", wanted) || behind::target(port).is_some_and(|it| it.value == wanted.value)
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
    for port in ports {
        let open = Open::of(port, workload);
        found.ports = found.ports.union(&open.ports());
        match open {
            Open::Number(protocol, number) => found.undeclared |= !declares(workload, protocol, number),
            Open::Unnamed(name) => found.unnamed.extend(name),
            Open::Named(..) | Open::Nothing => {}
        }
    }
    found
}

fn declares(workload: &Workload<'_>, wanted: Protocol, port: u16) -> bool {
    let containers = Inventory::pods_of(workload.resource).flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let mut ports = containers.flat_map(|container| container.node.items_at("ports"));
    ports.any(|it| protocol(it) == Some(wanted) && it.get("containerPort").and_then(number) == Some(port))
}
