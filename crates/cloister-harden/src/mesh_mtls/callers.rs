//! Who calls members of a mesh without being in it, as the input declares: a need, a way in, the API server, the kubelet.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Location, Node, Resource};
use cloister_network::needs::{End, NeedOptions, Why, declared};
use cloister_network::{Caller, Endpoint, Network, PortSet, Protocol};

/// A call in the clear, as far as the mesh is concerned.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    /// The workload that is called, by number among the endpoints.
    pub(super) to: usize,
    /// Its ports.
    pub(super) ports: PortSet,
    /// Who calls, as the engine asks.
    pub(super) caller: Caller,
    /// Who calls and where that is said, for people.
    pub(super) says: String,
}

/// Probes of these pods are not sent to the proxy instead.
const REWRITE: &str = "sidecar.istio.io/rewriteAppHTTPProbers";

/// Finds them. Pods of the namespace `home` that the input does not show are the mesh's own.
pub(super) fn plain(
    network: &Network<'_>,
    inventory: &Inventory,
    is_member: &dyn Fn(usize) -> bool,
    home: &str,
) -> Vec<Plain> {
    let mut found: Vec<Plain> = Vec::new();
    let mut add = |to: usize, ports: &PortSet, caller: Caller, says: String| {
        let tcp = PortSet::all_of(Protocol::Tcp).intersection(ports);
        let known = found.iter().any(|it| it.to == to && it.says == says && it.ports == tcp);
        if is_member(to) && !tcp.is_empty() && !known {
            found.push(Plain { to, ports: tcp, caller, says });
        }
    };
    for need in declared(network, inventory, &NeedOptions::default()).all {
        let End::Workload(to) = need.to else { continue };
        let (caller, who) = match &need.from {
            End::Workload(from) if is_member(*from) => continue,
            End::Workload(from) => (Caller::Endpoint(*from), network.endpoint(*from).map(Endpoint::name)),
            End::Unseen(unseen) if unseen.namespace == home => continue,
            End::Unseen(unseen) => {
                (Caller::Outside, Some(format!("pods of {} that are not in the input", unseen.namespace)))
            }
            End::Outside(_) => (Caller::Outside, Some("callers from outside of the cluster".to_owned())),
        };
        add(to, &need.ports, caller, format!("{}: {}", who.unwrap_or_default(), reason(&need.why)));
    }
    for (service, port, by) in hooks(inventory) {
        for (to, ports) in behind(network, service, port) {
            add(to, &ports, Caller::Outside, format!("the API server: {by}"));
        }
    }
    for (number, endpoint) in network.endpoints().iter().enumerate() {
        let pod = endpoint.workload().and_then(|it| Inventory::pods_of(it.resource).next());
        for (port, probe) in pod.into_iter().flat_map(|pod| probes(&pod)) {
            let says = format!("the kubelet: {probe}, which annotation {REWRITE} keeps from the proxy");
            add(number, &PortSet::one(Protocol::Tcp, port), Caller::Outside, says);
        }
    }
    found
}

fn reason(why: &Why) -> String {
    let Some(Location { file, line, .. }) = &why.location else { return why.words.clone() };
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}, {file}{line}", why.words)
}

/// Services that the API server calls: webhooks of admission and conversion, aggregated APIs. With their ports.
fn hooks(inventory: &Inventory) -> Vec<(&Resource, i64, String)> {
    let mut found = Vec::new();
    for resource in inventory.resources() {
        let services: Vec<&Node> = match &*resource.kind {
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
                resource.root.items_at("webhooks").iter().filter_map(|it| it.at("clientConfig/service")).collect()
            }
            "CustomResourceDefinition" => {
                resource.root.at("spec/conversion/webhook/clientConfig/service").into_iter().collect()
            }
            "APIService" => resource.root.at("spec/service").into_iter().collect(),
            _ => continue,
        };
        for reference in services {
            let Some((namespace, name)) = reference.str_at("namespace").zip(reference.str_at("name")) else { continue };
            let Some(service) = inventory.get("Service", namespace, name) else { continue };
            let port = reference.int_at("port").unwrap_or(443);
            found.push((service, port, format!("{} {}", resource.kind, resource.name)));
        }
    }
    found
}

/// The workloads behind a port of a Service, with their own.
fn behind(network: &Network<'_>, service: &Resource, port: i64) -> Vec<(usize, PortSet)> {
    let Some(labels) = service.root.at("spec/selector").filter(|it| !it.entries().is_empty()) else {
        return Vec::new();
    };
    let own = service.root.items_at("spec/ports").iter().find(|it| it.int_at("port") == Some(port));
    let target = own.and_then(|it| it.get("targetPort").or_else(|| it.get("port")));
    let workloads = network.endpoints().iter().enumerate().filter_map(|(number, it)| Some((number, it.workload()?)));
    let selected = workloads
        .filter(|(_, it)| it.namespace == service.namespace_or_default() && Selector::Map(labels).matches(&it.labels));
    selected
        .filter_map(|(number, it)| {
            let named = |name: &str| it.ports.iter().find(|port| port.name == name).map(|port| port.port);
            let port =
                target.and_then(|it| it.as_int().and_then(|it| u16::try_from(it).ok()).or_else(|| named(it.as_str()?)));
            Some((number, PortSet::one(Protocol::Tcp, port?)))
        })
        .collect()
}

/// Probes by HTTP and gRPC that come to the program itself. A TCP probe is content with the proxy's handshake.
fn probes(pod: &Pod<'_>) -> Vec<(u16, String)> {
    if pod.annotation(REWRITE) != Some("false") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for container in pod.containers() {
        for kind in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let port = ["httpGet/port", "grpc/port"].iter().find_map(|path| container.node.get(kind)?.at(path));
            let named = |name: &str| {
                let mut ports = container.node.items_at("ports").iter();
                ports.find(|it| it.str_at("name") == Some(name)).and_then(|it| it.int_at("containerPort"))
            };
            let number = port.and_then(|it| it.as_int().or_else(|| named(it.as_str()?)));
            found.extend(
                number.and_then(|it| u16::try_from(it).ok()).map(|it| (it, format!("{kind} of {}", container.name()))),
            );
        }
    }
    found
}
