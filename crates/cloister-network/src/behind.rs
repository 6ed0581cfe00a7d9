//! What Services say of the pods behind them: ports, and addresses that are written by hand. Ways in and needs ask alike.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};
use foldhash::HashMap;

use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;
use crate::ports::{PortSet, Protocol};

/// Workloads by namespace.
#[derive(Debug)]
pub(crate) struct ByNamespace<'n, 'a> {
    network: &'n Network<'a>,
    numbers: HashMap<&'a str, Vec<usize>>,
}

impl<'n, 'a> ByNamespace<'n, 'a> {
    pub(crate) fn of(network: &'n Network<'a>) -> ByNamespace<'n, 'a> {
        let mut numbers: HashMap<&'a str, Vec<usize>> = HashMap::default();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            if let Endpoint::Workload(workload) = endpoint {
                numbers.entry(workload.namespace).or_default().push(number);
            }
        }
        ByNamespace { network, numbers }
    }

    /// The workloads of a namespace.
    pub(crate) fn within(&self, namespace: &str) -> impl Iterator<Item = (usize, &'n Workload<'a>)> + use<'_, 'n, 'a> {
        let numbers = self.numbers.get(namespace).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|number| match self.network.endpoint(*number)? {
            Endpoint::Workload(workload) => Some((*number, workload)),
            _ => None,
        })
    }

    /// Those of them that a map of labels selects.
    pub(crate) fn selected(
        &self,
        namespace: &str,
        labels: &'a Node,
    ) -> impl Iterator<Item = (usize, &'n Workload<'a>)> + use<'_, 'n, 'a> {
        let selector = Selector::Map(labels);
        self.within(namespace).filter(move |(_, workload)| selector.matches(&workload.labels))
    }
}

/// `spec.type` as it takes effect.
pub(crate) fn kind_of(service: &Resource) -> &str {
    service.root.str_at("spec/type").unwrap_or("ClusterIP")
}

/// The selector of a Service; `None` where somebody else writes its endpoints.
pub(crate) fn selector(service: &Resource) -> Option<&Node> {
    service.root.at("spec/selector").filter(|it| !it.entries().is_empty())
}

/// A number from 1 to 65535, written as one or as text.
pub(crate) fn number(node: &Node) -> Option<u16> {
    let parsed = || node.as_str().and_then(|text| text.trim().parse().ok());
    node.as_int().and_then(|number| u16::try_from(number).ok()).or_else(parsed).filter(|number| *number > 0)
}

/// `protocol` of a port, or TCP.
pub(crate) fn protocol(port: &Node) -> Option<Protocol> {
    port.str_at("protocol").map_or(Some(Protocol::Tcp), Protocol::parse)
}

/// `targetPort` as it takes effect.
pub(crate) fn target(port: &Node) -> Option<&Node> {
    port.get("targetPort").or_else(|| port.get("port"))
}

/// Where a port of a Service leads to in a workload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// To this port, whether a container declares it or not.
    Number(Protocol, u16),
    /// To the port that a container gives this name.
    Named(Protocol, u16),
    /// To a name that no container gives.
    Unnamed(Option<String>),
    /// It is no port.
    Nothing,
}

impl Open {
    pub(crate) fn of(port: &Node, workload: &Workload<'_>) -> Open {
        let Some((target, protocol)) = target(port).zip(protocol(port)) else { return Open::Nothing };
        if let Some(number) = number(target) {
            return Open::Number(protocol, number);
        }
        // Of several containers that use the name, the first one's counts.
        let mut called = workload.ports.iter().filter(|it| it.protocol == protocol && Some(it.name) == target.as_str());
        called.next().map_or_else(|| Open::Unnamed(target.scalar()), |it| Open::Named(protocol, it.port))
    }

    pub(crate) fn ports(&self) -> PortSet {
        match self {
            Open::Number(protocol, port) | Open::Named(protocol, port) => PortSet::one(*protocol, *port),
            Open::Unnamed(_) | Open::Nothing => PortSet::default(),
        }
    }
}

/// What stands in EndpointSlices and Endpoints.
#[derive(Debug, Default)]
pub(crate) struct Written<'a> {
    pub(crate) addresses: Vec<&'a str>,
    pub(crate) ports: PortSet,
}

impl<'a> Written<'a> {
    /// Those of a Service.
    pub(crate) fn of(inventory: &'a Inventory, service: &'a Resource) -> Written<'a> {
        let namespace = service.namespace_or_default();
        let slices = inventory.of_kind_in("EndpointSlice.discovery.k8s.io", namespace);
        let slices = slices.filter(|it| it.label("kubernetes.io/service-name") == Some(&*service.name));
        let mut written = Written::default();
        for slice in slices {
            written.addresses.extend(slice.root.items_at("endpoints").iter().flat_map(|it| it.strs_at("addresses")));
            written.add(slice.root.items_at("ports"));
        }
        let older = inventory.get("Endpoints", namespace, &service.name).into_iter();
        for subset in older.flat_map(|it| it.root.items_at("subsets")) {
            written.addresses.extend(subset.items_at("addresses").iter().filter_map(|it| it.str_at("ip")));
            written.add(subset.items_at("ports"));
        }
        written
    }

    fn add(&mut self, ports: &[Node]) {
        let read = |port: &Node| Some(PortSet::one(protocol(port)?, number(port.get("port")?)?));
        self.ports = ports.iter().filter_map(read).fold(std::mem::take(&mut self.ports), |all, it| all.union(&it));
    }
}
