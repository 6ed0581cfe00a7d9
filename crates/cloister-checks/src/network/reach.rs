//! Who reaches whom, as the policies decide: made once for a run, by the first check that asks.

use std::collections::HashMap;

use cloister_inventory::{Inventory, Pod};
use cloister_model::Resource;
use cloister_network::{Endpoint, Mesh, Network, Options};
use cloister_purpose::served;
use cloister_register::Register;

use super::isolation::kinds_with;
use crate::system::is_system_namespace;
use crate::{Context, Findings};

/// Kinds that reachability is made from.
pub(super) const KINDS: &[&str] = kinds_with![
    "AdminNetworkPolicy",
    "PeerAuthentication.security.istio.io",
    "AuthorizationPolicy.security.istio.io",
    "RequestAuthentication.security.istio.io",
    "DestinationRule.networking.istio.io",
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
    "IngressClass",
    "Gateway",
    "GatewayClass",
    "ReferenceGrant",
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
    pub(crate) fn endpoints_of(&self, resource: &Resource) -> &[usize] {
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
    known: &'r cloister_purpose::Callers,
    mesh: Option<Mesh<'r, 'a>>,
    /// By the number of an endpoint: the workload that it is, but for the system's own.
    workloads: Vec<Option<&'r Resource>>,
}

impl<'r, 'a> Callers<'r, 'a> {
    pub(super) fn of(findings: &'r Findings<'a>) -> Callers<'r, 'a> {
        let reach = findings.reach();
        let workload = |endpoint: &'r Endpoint<'a>| endpoint.workload().filter(|it| !is_system_namespace(it.namespace));
        let workloads = reach.network.endpoints().iter().map(|it| workload(it).map(|it| it.resource)).collect();
        Callers { reach, known: findings.callers(), mesh: Mesh::of(&reach.network, findings.inventory()), workloads }
    }

    /// The workloads that for certain reach a port that a workload serves, but for the system's own and itself.
    pub(super) fn of_workload(&self, store: &Resource) -> Vec<usize> {
        let network = &self.reach.network;
        let served = served(store);
        let is_other = |caller: usize| {
            self.workloads.get(caller).copied().flatten().is_some_and(|workload| !std::ptr::eq(workload, store))
        };
        let mut found = Vec::new();
        for endpoint in self.reach.endpoints_of(store) {
            self.known.each(network, self.mesh.as_ref(), (*endpoint, &served), |caller, _| {
                found.extend(Some(caller).filter(|caller| is_other(*caller)));
            });
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Whether a workload is a store of personal data: declared in the register, or recognised.
pub(crate) fn is_store(register: &Register<'_>, workload: &Resource) -> bool {
    !register.stores_of(workload).is_empty() || register.recognised(workload).is_some()
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
    !context.register.activities_of(workload).is_empty() || is_store(context.register, workload)
}

/// The first few names, and how many more there are.
pub(super) fn names(network: &Network<'_>, endpoints: &[usize]) -> String {
    let workloads = endpoints.iter().filter_map(|number| network.endpoint(*number)?.workload());
    few(workloads, |it| format!("{}/{}", it.namespace, it.name))
}

/// The first few, and how many more there are.
pub(super) fn few<T>(mut all: impl Iterator<Item = T>, say: impl Fn(T) -> String) -> String {
    let first: Vec<String> = all.by_ref().take(MOST).map(say).collect();
    match all.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// More names make no better sentence.
const MOST: usize = 3;
