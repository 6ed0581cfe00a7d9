//! What encrypts connections beneath the programs, besides Istio: Linkerd and Cilium.

use cloister_inventory::Inventory;
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
/// Ports that the proxy of a caller leaves alone, and that of who is called.
pub(crate) const OUTBOUND: &str = "config.linkerd.io/skip-outbound-ports";
pub(crate) const INBOUND: &str = "config.linkerd.io/skip-inbound-ports";

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
        let leaves_out = |end: &Resource, key: &str| !self.listed(end, key).intersection(ports).is_empty();
        let ends = [(from, OUTBOUND), (to, INBOUND)];
        only_tcp && ends.into_iter().all(|(end, key)| self.has_linkerd(end) && !leaves_out(end, key))
    }

    /// Whether pods of a workload have Linkerd's proxy, or are given it.
    #[must_use]
    pub fn has_linkerd(&self, workload: &Resource) -> bool {
        Inventory::pods_of(workload).next().is_some_and(|pod| {
            let proxy = pod.containers().any(|it| it.name() == "linkerd-proxy");
            proxy || matches!(self.said(workload, INJECT), Some("enabled" | "ingress"))
        })
    }

    /// An annotation of a workload's pods, or else of its namespace.
    pub(crate) fn said<'p>(&'p self, workload: &'p Resource, key: &str) -> Option<&'p str> {
        let pod = Inventory::pods_of(workload).next()?;
        let of_namespace = || self.inventory.namespace(workload.namespace_or_default())?.annotation(key);
        pod.annotation(key).or_else(of_namespace)
    }

    /// The ports that such an annotation lists.
    pub(crate) fn listed(&self, workload: &Resource, key: &str) -> PortSet {
        let list = self.said(workload, key).unwrap_or_default();
        list.split(',').filter_map(range).fold(PortSet::default(), |all, ports| all.union(&ports))
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
