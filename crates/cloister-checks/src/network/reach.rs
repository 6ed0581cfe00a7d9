//! Who reaches whom, as the policies decide: made once for a run, by the first check that asks.

use std::collections::HashMap;

use cloister_inventory::{Inventory, Pod};
use cloister_model::Resource;
use cloister_network::{Caller, Endpoint, Incoming, Mesh, Network, Options, PortSet, Protocol};

use super::isolation::kinds_with;
use crate::system::is_system_namespace;
use crate::{Context, Findings};

/// Kinds that reachability is made from.
pub(super) const KINDS: &[&str] = kinds_with![
    "AdminNetworkPolicy",
    "PeerAuthentication.security.istio.io",
    "AuthorizationPolicy.security.istio.io",
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
];

/// Likewise, with all that opens a way in.
pub(super) const ENTRY_KINDS: &[&str] = kinds_with![
    "AdminNetworkPolicy",
    "Service",
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "GRPCRoute",
    "TLSRoute",
    "TCPRoute",
    "Route.route.openshift.io",
    "IngressRoute.traefik.io",
    "HTTPProxy.projectcontour.io",
    "VirtualService.networking.istio.io",
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
];

/// The network, and where workloads stand in it.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) network: Network<'a>,
    /// Endpoints by the address of what carries their pods.
    of: HashMap<usize, Vec<usize>>,
}

impl<'a> Reach<'a> {
    pub(crate) fn of(inventory: &'a Inventory) -> Reach<'a> {
        let network = Network::new(inventory, &Options::default());
        let mut of: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            if let Endpoint::Workload(workload) = endpoint {
                of.entry(std::ptr::from_ref(workload.resource).addr()).or_default().push(number);
            }
        }
        Reach { network, of }
    }

    /// The endpoints of a workload.
    pub(super) fn endpoints_of(&self, resource: &Resource) -> &[usize] {
        self.of.get(&std::ptr::from_ref(resource).addr()).map_or(&[], Vec::as_slice)
    }

    /// Whether a policy that is not evaluated here may decide about a namespace.
    pub(super) fn is_decided_elsewhere(&self, namespace: &str) -> bool {
        let foreign = self.network.not_evaluated().iter();
        foreign.map(|it| it.resource).any(|policy| {
            let wide = policy.kind.starts_with("Global") || policy.kind.contains("Cluster");
            wide || policy.namespace_or_default() == namespace
        })
    }
}

/// Says so where there are more ways in than are followed.
pub(super) fn tell_left_out(findings: &mut Findings<'_>) {
    let left_out = findings.entries().left_out;
    if left_out > 0 {
        findings.not_evaluated(
            format!("there are more ways in than are followed: {left_out} or more are left out"),
            "scan fewer namespaces at a time",
        );
    }
}

/// Who reaches the stores of an inventory.
pub(super) struct Callers<'r, 'a> {
    reach: &'r Reach<'a>,
    incoming: Incoming<'r, 'a>,
    mesh: Option<Mesh<'r, 'a>>,
    /// By the class of the store: each class of workloads, and the ports that it reaches.
    known: HashMap<usize, Vec<(usize, PortSet)>>,
}

impl<'r, 'a> Callers<'r, 'a> {
    pub(super) fn of(reach: &'r Reach<'a>, inventory: &'a Inventory) -> Callers<'r, 'a> {
        let (incoming, mesh) = (reach.network.incoming(), Mesh::of(&reach.network, inventory));
        Callers { reach, incoming, mesh, known: HashMap::new() }
    }

    /// The workloads that for certain reach a port that the pod serves, but for the system's own and the pod itself.
    pub(super) fn of_pod(&mut self, pod: &Pod<'a>) -> Vec<usize> {
        let network = &self.reach.network;
        let served = served(pod);
        let mut found = Vec::new();
        for store in self.reach.endpoints_of(pod.resource) {
            let Some(class) = network.class_of(*store) else { continue };
            let classes = self.known.entry(class).or_insert_with(|| self.incoming.callers(*store));
            let open = classes.iter().filter(|(_, ports)| !ports.intersection(&served).is_empty());
            let callers = open.flat_map(|(class, ports)| network.members(*class).iter().map(move |it| (*it, ports)));
            for (caller, ports) in callers {
                let Some(workload) = network.endpoint(caller).and_then(Endpoint::workload) else { continue };
                let own = std::ptr::eq(workload.resource, pod.resource);
                let closed = self.mesh.as_ref().is_some_and(|mesh| {
                    let narrowing = mesh.between(Caller::Endpoint(caller), *store);
                    let left = ports.difference(&narrowing.closed_ports()).difference(&narrowing.perhaps);
                    left.intersection(&served).is_empty()
                });
                if !own && !closed && !is_system_namespace(workload.namespace) {
                    found.push(caller);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The ports that a pod declares; every one of TCP where it declares none.
fn served(pod: &Pod<'_>) -> PortSet {
    let ports = pod.containers().flat_map(|container| container.node.items_at("ports")).filter_map(|port| {
        let protocol = port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)?;
        Some(PortSet::one(protocol, u16::try_from(port.int_at("containerPort")?).ok().filter(|it| *it > 0)?))
    });
    let ports = ports.fold(PortSet::default(), |all, it| all.union(&it));
    if ports.is_empty() { PortSet::all_of(Protocol::Tcp) } else { ports }
}

/// What the store is called, if the pod is one: declared in the register, or recognised.
pub(super) fn store(context: &Context<'_>, pod: &Pod<'_>) -> Option<String> {
    let declared = context.register.stores_of(pod.resource);
    if let Some(store) = declared.first() {
        return Some(format!("the store {}", store.name()));
    }
    let recognised = context.register.recognised(pod.resource)?;
    Some(format!("the {} store {}", recognised.engine.meaning(), pod.resource.name))
}

/// Whether the workload keeps personal data or works on them, as the register says or as it is recognised.
pub(super) fn holds_personal_data(context: &Context<'_>, workload: &Resource) -> bool {
    let register = context.register;
    !register.activities_of(workload).is_empty()
        || !register.stores_of(workload).is_empty()
        || register.recognised(workload).is_some()
}

/// The first few names, and how many more there are.
pub(super) fn names(network: &Network<'_>, endpoints: &[usize]) -> String {
    let shown = endpoints.iter().take(MOST).filter_map(|number| network.endpoint(*number)?.workload());
    let shown: Vec<String> = shown.map(|it| format!("{}/{}", it.namespace, it.name)).collect();
    let more = endpoints.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// More names make no better sentence.
const MOST: usize = 3;
