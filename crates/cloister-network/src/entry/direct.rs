//! Services that are open to the outside by themselves: load balancers, node ports and external addresses.

use cloister_model::{Node, Resource};

use super::front::{Through, Tls};
use super::guard::Guard;
use super::lead::Ways;
use super::nowhere::Reason;
use super::service::Wanted;
use crate::behind::{kind_of, number};

/// Annotations by which clouds make a load balancer that only their own networks reach; no value means any.
const INTERNAL: [(&str, &[&str]); 14] = [
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &["true", "0.0.0.0/0"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("networking.gke.io/load-balancer-type", &["Internal", "internal"]),
    ("cloud.google.com/load-balancer-type", &["Internal", "internal"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("oci-network-load-balancer.oraclecloud.com/internal", &["true"]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.beta.kubernetes.io/do-loadbalancer-network", &["INTERNAL"]),
    ("load-balancer.hetzner.cloud/disable-public-network", &["true"]),
    ("service.beta.kubernetes.io/scw-loadbalancer-private", &["true"]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", &[]),
];

/// Annotations by which a cloud's load balancer terminates TLS itself.
const CERTIFICATES: [&str; 3] = [
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
    "load-balancer.hetzner.cloud/http-certificates",
];

/// What makes a Service one of these.
const TYPE: &str = "spec/type";

/// How a Service is open: by what, and to whom.
struct Opening<'a> {
    path: &'static str,
    guard: Guard,
    listens: fn(&Node) -> Option<u16>,
    resource: &'a Resource,
}

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    for service in ways.inventory.of_kind("Service") {
        openings(service).iter().for_each(|opening| each_port(ways, opening));
    }
}

/// Whom each opening of a Service lets in.
pub(super) fn guards(service: &Resource) -> impl Iterator<Item = Guard> {
    openings(service).into_iter().map(|opening| opening.guard)
}

fn openings(service: &Resource) -> Vec<Opening<'_>> {
    let mut openings = Vec::new();
    let mut add = |path, guard, listens| openings.push(Opening { path, guard, listens, resource: service });
    let own_port: fn(&Node) -> Option<u16> = |port| port.get("port").and_then(number);
    let node_port: fn(&Node) -> Option<u16> = |port| port.get("nodePort").and_then(number);
    match kind_of(service) {
        "LoadBalancer" => {
            add(TYPE, load_balancer(service), own_port);
            // Its node ports are open too, to whomever reaches a node: source ranges are the load balancer's.
            let kept = service.root.bool_at("spec/allocateLoadBalancerNodePorts") != Some(false);
            if kept && service.root.items_at("spec/ports").iter().any(|port| node_port(port).is_some()) {
                add("spec/ports", nodes(), node_port);
            }
        }
        "NodePort" => add(TYPE, nodes(), node_port),
        _ => {}
    }
    let external = service.root.items_at("spec/externalIPs").iter().any(|it| it.as_str().is_some());
    if external && kind_of(service) != "ExternalName" {
        add("spec/externalIPs", Guard::open(), own_port);
    }
    openings
}

/// Whether a node can be reached from outside, only its network tells.
pub(super) fn nodes() -> Guard {
    let mut guard = Guard::open();
    guard.perhaps("the network of the nodes");
    guard
}

/// Whether annotations make the load balancer of a Service one that only the cloud's own networks reach.
pub fn is_internal_load_balancer(service: &Resource) -> bool {
    INTERNAL
        .iter()
        .any(|(key, values)| service.annotation(key).is_some_and(|value| values.is_empty() || values.contains(&value)))
}

fn load_balancer(service: &Resource) -> Guard {
    let mut guard = Guard::open();
    if is_internal_load_balancer(service) {
        guard.internal();
    }
    let ranges = service.root.items_at("spec/loadBalancerSourceRanges");
    let written: Vec<&str> = ranges.iter().filter_map(Node::as_str).collect();
    let older = service.annotation("service.beta.kubernetes.io/load-balancer-source-ranges").unwrap_or_default();
    let written =
        if written.is_empty() { older.split(',').filter(|it| !it.trim().is_empty()).collect() } else { written };
    if !written.is_empty() {
        guard.only(written);
    }
    guard
}

/// Each port of a Service is a way of its own.
fn each_port<'a>(ways: &mut Ways<'_, 'a>, opening: &Opening<'a>) {
    let service = opening.resource;
    let keeps_source = service.root.str_at("spec/externalTrafficPolicy") == Some("Local");
    let mut front = Ways::front(service, opening.path);
    front.through = Through::Nodes(keeps_source);
    front.guard = opening.guard.clone();
    let terminated = opening.path == TYPE && CERTIFICATES.iter().any(|key| service.annotation(key).is_some());
    front.tls = if terminated { Tls::Terminated } else { Tls::Unknown };
    let ports = service.root.items_at("spec/ports");
    if ports.is_empty() {
        ways.dead(&front, Reason::NoPort(format!("Service {} has no ports", service.name)));
    }
    for port in ports {
        front.listens = (opening.listens)(port).into_iter().collect();
        if let Some(name) = port.get("name").or_else(|| port.get("port")) {
            ways.lead_to(&front, service, Wanted::Own(name));
        }
    }
}
