//! Ways in from outside: an Ingress or a Route leads to a Service, and that to the ports of workloads.
//!
//! The controller that serves them is a pod of which nothing is known here: what policies say of any pod in any
//! namespace is certain, and what hangs on its labels is unknown.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};

use crate::addresses::Family;
use crate::endpoints::{Endpoint, Workload};
use crate::evaluate::Asked;
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::{PortSet, Protocol};
use crate::verdict::Verdict;

/// A way in.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The Ingress or Route.
    pub resource: &'a Resource,
    /// The host that it answers for; `None` for any.
    pub host: Option<&'a str>,
    /// The path that it leads on; `None` for any.
    pub path: Option<&'a str>,
    /// The Service that it leads to.
    pub service: &'a Resource,
    /// The workload behind that.
    pub workload: usize,
    /// The ports of the workload that it leads to.
    pub ports: PortSet,
    /// What policies say of them.
    pub verdict: Verdict,
}

/// Where a way in leads: a Service and one of its ports, or all of them.
struct Backend<'a> {
    host: Option<&'a str>,
    path: Option<&'a str>,
    service: &'a str,
    port: Option<Wanted<'a>>,
}

/// How a port of a Service is named.
enum Wanted<'a> {
    /// By the Service's own number or name.
    Own(&'a Node),
    /// By the port of its pods.
    Target(&'a Node),
}

impl<'a> Network<'a> {
    /// Every way in by Ingress and Route.
    pub fn entries(&self, inventory: &'a Inventory) -> Vec<Entry<'a>> {
        let mut entries = Vec::new();
        for resource in inventory.of_kind("Ingress") {
            entries.extend(ingress_backends(resource).iter().flat_map(|it| self.led(inventory, resource, it)));
        }
        for resource in inventory.of_kind("Route.route.openshift.io") {
            entries.extend(route_backends(resource).iter().flat_map(|it| self.led(inventory, resource, it)));
        }
        entries
    }

    fn led(&self, inventory: &'a Inventory, resource: &'a Resource, backend: &Backend<'a>) -> Vec<Entry<'a>> {
        let namespace = resource.namespace_or_default();
        let Some(service) = inventory.get("Service", namespace, backend.service) else { return Vec::new() };
        let Some(selector) = service.root.at("spec/selector").map(Selector::Map) else { return Vec::new() };
        let workloads = self.endpoints().iter().enumerate().filter_map(|(number, endpoint)| match endpoint {
            Endpoint::Workload(workload) => Some((number, workload)),
            _ => None,
        });
        let behind = workloads.filter(|(_, it)| it.namespace == namespace && selector.matches(&it.labels));
        let entry = |(workload, of): (usize, &Workload<'a>)| {
            let ports = target_ports(service, backend.port.as_ref(), of);
            let verdict = self.open_to_any_pod(workload, &ports);
            let Backend { host, path, .. } = *backend;
            (!ports.is_empty()).then_some(Entry { resource, host, path, service, workload, ports, verdict })
        };
        behind.filter_map(entry).collect()
    }

    /// What the policies of a workload say of a pod of which nothing is known.
    fn open_to_any_pod(&self, workload: usize, ports: &PortSet) -> Verdict {
        let class = self.class_of(workload).and_then(|class| self.classes.get(class));
        let Some(pod) = class else { return Verdict::closed() };
        let peer = self.anybody();
        let by = |family| self.side(Asked { direction: Direction::Ingress, pod, peer: &peer, family });
        let verdict = by(Family::V4).either(&by(Family::V6));
        Verdict { allow: verdict.allow.intersection(ports), deny: verdict.deny.intersection(ports) }
    }
}

/// `spec.rules[].http.paths[].backend` and `spec.defaultBackend`.
fn ingress_backends(resource: &Resource) -> Vec<Backend<'_>> {
    let mut backends = Vec::new();
    for rule in resource.root.items_at("spec/rules") {
        for path in rule.items_at("http/paths") {
            backends.extend(path.get("backend").and_then(|it| backend(it, rule.str_at("host"), path.str_at("path"))));
        }
    }
    backends.extend(resource.root.at("spec/defaultBackend").and_then(|it| backend(it, None, None)));
    backends
}

fn backend<'a>(node: &'a Node, host: Option<&'a str>, path: Option<&'a str>) -> Option<Backend<'a>> {
    let port = node.at("service/port/number").or_else(|| node.at("service/port/name"))?;
    Some(Backend { host, path, service: node.str_at("service/name")?, port: Some(Wanted::Own(port)) })
}

/// `spec.to` and `spec.alternateBackends` (`route.openshift.io/v1`).
fn route_backends(resource: &Resource) -> Vec<Backend<'_>> {
    let spec = |path| resource.root.at("spec").and_then(|spec| spec.at(path));
    let others = spec("alternateBackends").map(Node::items).unwrap_or_default();
    let targets = spec("to").into_iter().chain(others);
    let targets = targets.filter(|it| it.str_at("kind").is_none_or(|kind| kind == "Service"));
    targets
        .filter_map(|target| {
            Some(Backend {
                host: resource.root.str_at("spec/host"),
                path: resource.root.str_at("spec/path"),
                service: target.str_at("name")?,
                port: spec("port/targetPort").map(Wanted::Target),
            })
        })
        .collect()
}

/// The ports of a workload that a port of a Service leads to.
fn target_ports(service: &Resource, wanted: Option<&Wanted<'_>>, workload: &Workload<'_>) -> PortSet {
    let mut ports = PortSet::default();
    for node in service.root.items_at("spec/ports") {
        let target = node.get("targetPort").or_else(|| node.get("port"));
        let named = |field: &str, wanted: &Node| node.get(field).is_some_and(|own| own.value == wanted.value);
        let is_wanted = match wanted {
            None => true,
            Some(Wanted::Own(wanted)) => named("port", wanted) || named("name", wanted),
            Some(Wanted::Target(wanted)) => named("name", wanted) || target.is_some_and(|it| it.value == wanted.value),
        };
        let protocol = node.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse);
        let (Some(target), Some(protocol)) = (target.filter(|_| is_wanted), protocol) else { continue };
        if let Some(number) = target.as_int().and_then(|number| u16::try_from(number).ok()).filter(|it| *it > 0) {
            ports = ports.union(&PortSet::one(protocol, number));
        }
        let called = workload.ports.iter().filter(|it| it.protocol == protocol && Some(it.name) == target.as_str());
        // Of several containers that use the name, the first one's counts.
        if let Some(port) = called.map(|it| it.port).next() {
            ports = ports.union(&PortSet::one(protocol, port));
        }
    }
    ports
}
