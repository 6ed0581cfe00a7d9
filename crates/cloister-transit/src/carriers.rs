//! What encrypts connections beneath the programs, besides Istio: Linkerd and Cilium.

use cloister_inventory::{Inventory, Pod};
use cloister_model::Resource;
use cloister_network::{PortSet, Protocol};

/// How Cilium encrypts what goes from node to node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wires {
    /// WireGuard.
    WireGuard,
    /// IPsec.
    IpSec,
}

impl Wires {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WireGuard => "WireGuard",
            Self::IpSec => "IPsec",
        }
    }
}

/// What the input shows of them.
#[derive(Debug)]
pub struct Carriers<'a> {
    inventory: &'a Inventory,
    /// What encrypts between nodes.
    pub wires: Option<Wires>,
}

const INJECT: &str = "linkerd.io/inject";

impl<'a> Carriers<'a> {
    /// Looks for them.
    #[must_use]
    pub fn of(inventory: &'a Inventory) -> Self {
        Self { inventory, wires: wires(inventory) }
    }

    /// Whether both ends have Linkerd's proxy, and neither leaves one of these ports out (`skip-inbound-ports`,
    /// `skip-outbound-ports`). Proxies then speak mutual TLS with each other by themselves, for all of TCP.
    #[must_use]
    pub fn linkerd(&self, from: &Resource, to: &Resource, ports: &PortSet) -> bool {
        let only_tcp = ports.protocols().all(|(protocol, _)| protocol == Protocol::Tcp);
        let ends = [(from, "config.linkerd.io/skip-outbound-ports"), (to, "config.linkerd.io/skip-inbound-ports")];
        only_tcp && ends.into_iter().all(|(end, skips)| self.has_linkerd(end) && !self.skips(end, skips, ports))
    }

    /// Whether pods of a workload have Linkerd's proxy, or are given it.
    #[must_use]
    pub fn has_linkerd(&self, workload: &Resource) -> bool {
        Inventory::pods_of(workload).next().is_some_and(|pod| {
            let proxy = pod.containers().any(|it| it.name() == "linkerd-proxy");
            proxy || matches!(self.annotation(workload, &pod, INJECT), Some("enabled" | "ingress"))
        })
    }

    fn annotation<'p>(&'p self, workload: &Resource, pod: &Pod<'p>, key: &str) -> Option<&'p str> {
        let of_namespace = || self.inventory.namespace(workload.namespace_or_default())?.annotation(key);
        pod.annotation(key).or_else(of_namespace)
    }

    fn skips(&self, workload: &Resource, key: &str, ports: &PortSet) -> bool {
        Inventory::pods_of(workload).next().is_some_and(|pod| {
            let list = self.annotation(workload, &pod, key).unwrap_or_default();
            list.split(',').filter_map(range).any(|skipped| !skipped.intersection(ports).is_empty())
        })
    }
}

/// `3306` or `4000-5000`.
fn range(text: &str) -> Option<PortSet> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(PortSet::range(Protocol::Tcp, first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// Cilium's agent reads its settings from this ConfigMap, in whichever namespace it was installed.
fn wires(inventory: &Inventory) -> Option<Wires> {
    let mut maps = inventory.of_kind("ConfigMap").filter(|it| &*it.name == "cilium-config");
    let on = |map: &Resource, key: &str| {
        map.root.at("data").and_then(|data| data.get(key)).and_then(|it| it.as_str()) == Some("true")
    };
    maps.find_map(|map| {
        if on(map, "enable-wireguard") {
            Some(Wires::WireGuard)
        } else {
            on(map, "enable-ipsec").then_some(Wires::IpSec)
        }
    })
}
