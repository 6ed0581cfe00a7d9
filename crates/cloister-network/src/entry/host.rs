//! Ports that pods take of their node: `hostPort`, and each port of a pod that shares the network of its node
//! (`core/v1`, ContainerPort: there `hostPort` is `containerPort`).
//!
//! Whether others reach a node only its network tells, and whether a `hostPort` is opened, the network plugin.

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Node, Place};

use super::front::{Through, Tls};
use super::guard::Guard;
use super::lead::Ways;
use super::service::Target;
use crate::behind::{number, protocol};
use crate::endpoints::{Endpoint, Workload};
use crate::ports::PortSet;

/// A port of the node.
struct Taken<'a> {
    node: &'a Node,
    /// Of the node, and of the pod.
    listens: u16,
    ports: PortSet,
}

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    let network = ways.network;
    for (number, endpoint) in network.endpoints().iter().enumerate() {
        let Endpoint::Workload(workload) = endpoint else { continue };
        for Taken { node, listens, ports } in taken(workload) {
            let mut front = Ways::front(workload.resource, "");
            front.place = Place::of(workload.resource, node);
            front.listens = vec![listens];
            front.tls = Tls::Unknown;
            // Whether policies see the caller's address is the network plugin's choice.
            front.through = Through::Nodes(false);
            front.guard = guard(workload);
            ways.enter(&front, None, Target { workload: number, ports, undeclared: false });
        }
    }
}

/// Whom the ports of the node let in that a workload takes; `None` where it takes none.
pub(super) fn opened(workload: &Workload<'_>) -> Option<Guard> {
    (!taken(workload).is_empty()).then(|| guard(workload))
}

fn guard(workload: &Workload<'_>) -> Guard {
    let mut guard = super::direct::nodes();
    if !workload.host_network {
        guard.perhaps("whether the network plugin opens hostPort");
    }
    guard
}

/// Whether a pod takes a port of its node at which others may reach it.
pub fn takes_port_of_node(pod: &Pod<'_>) -> bool {
    of_pod(pod).next().is_some()
}

fn taken<'a>(workload: &Workload<'a>) -> Vec<Taken<'a>> {
    Inventory::pods_of(workload.resource).flat_map(|pod| of_pod(&pod).collect::<Vec<_>>()).collect()
}

fn of_pod<'a>(pod: &Pod<'a>) -> impl Iterator<Item = Taken<'a>> + use<'a> {
    let host = pod.spec.bool_at("hostNetwork") == Some(true);
    let ports = pod.containers().flat_map(|container| container.node.items_at("ports"));
    let ports: Vec<&'a Node> = ports.filter(|port| !is_of_the_node_alone(port)).collect();
    ports.into_iter().filter_map(move |node| {
        let own = node.get("containerPort").and_then(number)?;
        let listens = node.get("hostPort").and_then(number).or(Some(own).filter(|_| host))?;
        Some(Taken { node, listens, ports: PortSet::one(protocol(node)?, own) })
    })
}

/// Whether it is opened at an address that only the node itself has.
fn is_of_the_node_alone(port: &Node) -> bool {
    let address = port.str_at("hostIP").and_then(|it| it.parse::<std::net::IpAddr>().ok());
    address.is_some_and(|it| it.is_loopback())
}
