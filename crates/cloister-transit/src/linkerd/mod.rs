//! What Linkerd's proxies refuse: who may connect to which port of a workload that has one.
//!
//! ```text
//! Servers of the namespace that select the pods ──▶ a port each        (here)
//!   authorizations that are about a Server, or about its namespace ──▶ any of them lets a caller in (authorization.rs)
//!   ports without a Server: the default policy of pod, namespace or cluster
//! ```
//!
//! Sources: the API documentation of `policy.linkerd.io`, and how the policy controller of Linkerd composes them
//! (`policy-controller/k8s/index/src/inbound/index.rs`): authorizations add up; one whose references lead nowhere counts
//! for nothing; what routes authorize depends on requests, and is unknown here.

mod authorization;
mod identity;

use std::collections::BTreeMap;

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};
use cloister_network::{AddressSet, PortSet, Protocol, Workload};

use crate::Carriers;
use crate::carriers::{INBOUND, OUTBOUND};
use identity::Cluster;

/// Of a pod or its namespace, read when the proxy is injected.
const DEFAULT: &str = "config.linkerd.io/default-inbound-policy";
/// Ports on which callers must be known where no Server is about them.
const KNOWN_ONLY: &str = "config.linkerd.io/proxy-require-identity-inbound-ports";

/// The policies of an inventory.
#[derive(Debug)]
pub(crate) struct Policies<'c, 'a> {
    inventory: &'a Inventory,
    carriers: &'c Carriers<'a>,
    cluster: Cluster<'a>,
}

/// A caller, as the proxy of a workload sees it on some ports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'w> {
    /// Namespace and service account, where its own proxy speaks for it.
    pub(crate) account: Option<(&'w str, &'w str)>,
    /// Where it comes from; `None` where no pod of it was read.
    pub(crate) addresses: Option<&'w AddressSet>,
}

impl<'c, 'a> Policies<'c, 'a> {
    pub(crate) fn of(inventory: &'a Inventory, carriers: &'c Carriers<'a>) -> Self {
        Self { inventory, carriers, cluster: Cluster::of(inventory) }
    }

    /// The ports of a workload that are closed to another for certain.
    pub(crate) fn refused(&self, from: &Workload<'a>, to: &Workload<'a>) -> PortSet {
        if !self.carriers.has_linkerd(to.resource) {
            return PortSet::default();
        }
        let all = PortSet::all_of(Protocol::Tcp);
        let without_proxy = match self.carriers.has_linkerd(from.resource) {
            true => self.carriers.listed(from.resource, OUTBOUND),
            false => all.clone(),
        };
        let stranger = Caller { account: None, addresses: from.addresses.as_ref() };
        let account = Inventory::pods_of(from.resource).next().map_or("default", |pod| pod.service_account());
        let member = Caller { account: Some((from.namespace, account)), ..stranger };
        let with_proxy = all.difference(&without_proxy);
        let refused = self.refused_to(stranger, to, &without_proxy).union(&self.refused_to(member, to, &with_proxy));
        refused.difference(&self.carriers.listed(to.resource, INBOUND))
    }

    fn refused_to(&self, caller: Caller<'_>, to: &Workload<'a>, ports: &PortSet) -> PortSet {
        let mut rest = ports.clone();
        let mut refused = PortSet::default();
        for (port, servers) in self.servers(to) {
            let port = PortSet::one(Protocol::Tcp, port);
            rest = rest.difference(&port);
            // Of several that are about one port only one counts, and the input does not tell which.
            if servers.iter().all(|server| self.passes(server, caller) == Some(false)) {
                refused = refused.union(&port.intersection(ports));
            }
        }
        refused.union(&self.refused_by_default(caller, to).intersection(&rest))
    }

    /// The Servers that select a workload, by port.
    fn servers(&self, to: &Workload<'a>) -> BTreeMap<u16, Vec<&'a Resource>> {
        let mut found: BTreeMap<u16, Vec<&'a Resource>> = BTreeMap::new();
        for server in self.inventory.of_kind_in("Server.policy.linkerd.io", to.namespace) {
            let selects = server.root.at("spec/podSelector").is_some_and(|it| Selector::Labels(it).matches(&to.labels));
            if !selects {
                continue;
            }
            let port = server.root.at("spec/port");
            let number = port.and_then(Node::as_int).and_then(|it| u16::try_from(it).ok());
            let name = port.and_then(Node::as_str);
            let named = to.ports.iter().filter(|it| Some(it.name) == name).map(|it| it.port);
            for port in number.into_iter().chain(named) {
                found.entry(port).or_default().push(server);
            }
        }
        found
    }

    /// Whether a Server lets a caller in; `None` where the input does not tell.
    fn passes(&self, server: &'a Resource, caller: Caller<'_>) -> Option<bool> {
        let mut unknown = self.has_routes(server);
        let own = server.root.str_at("spec/accessPolicy").map(|word| self.cluster.default(word, caller));
        for answer in own.into_iter().chain(authorization::answers(self.inventory, &self.cluster, server, caller)) {
            match answer {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(false)
    }

    /// Whether routes are about a Server: they authorize single requests.
    fn has_routes(&self, server: &'a Resource) -> bool {
        let kinds = ["HTTPRoute.policy.linkerd.io", "HTTPRoute.gateway.networking.k8s.io", "GRPCRoute"];
        let routes = kinds.into_iter().flat_map(|kind| self.inventory.of_kind_in(kind, server.namespace_or_default()));
        routes
            .flat_map(|route| route.root.items_at("spec/parentRefs"))
            .any(|parent| parent.str_at("kind") == Some("Server") && parent.str_at("name") == Some(&*server.name))
    }

    /// What is closed where no Server is about a port.
    fn refused_by_default(&self, caller: Caller<'_>, to: &Workload<'_>) -> PortSet {
        let word = self.carriers.said(to.resource, DEFAULT).or(self.cluster.default).unwrap_or("all-unauthenticated");
        if self.cluster.default(word, caller) == Some(false) {
            return PortSet::all_of(Protocol::Tcp);
        }
        let lets_strangers_in = word.ends_with("-unauthenticated");
        match caller.account {
            None if lets_strangers_in => self.carriers.listed(to.resource, KNOWN_ONLY),
            _ => PortSet::default(),
        }
    }
}
