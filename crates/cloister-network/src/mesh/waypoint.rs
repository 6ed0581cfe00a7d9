//! Waypoints: proxies of ambient mode that stand before Services and workloads (`istio.io/use-waypoint`).
//!
//! A caller in ambient mode comes by a waypoint to what it is for (`istio.io/waypoint-for`, Services where nothing is
//! said), and straight to the rest; callers outside of ambient mode come straight. What one of these ways lets through
//! is open. Behind a waypoint the workload's own policies see the waypoint as the caller.

use cloister_inventory::Selector;
use cloister_model::{Entry, Resource};

use super::client::Identity;
use super::{Condition, Membership, Mesh, Narrowing, all_ports, authorization, targets};
use crate::endpoints::Workload;
use crate::namespaces::Namespaces;
use crate::ports::PortSet;

const USE: &str = "istio.io/use-waypoint";
const USE_NAMESPACE: &str = "istio.io/use-waypoint-namespace";
const FOR: &str = "istio.io/waypoint-for";

/// A way to a workload by its waypoint.
struct Way<'a> {
    /// The Gateway; `None` where it is not in the input.
    gateway: Option<&'a Resource>,
    /// The Service that is called; `None` for the address of a pod.
    service: Option<&'a Resource>,
}

/// All ways of callers in ambient mode.
#[derive(Default)]
struct Ways<'a> {
    by_waypoint: Vec<Way<'a>>,
    /// Whether some lead there straight.
    straight: bool,
}

/// What is left where a caller may come by a waypoint: `straight` is what the workload itself does with it.
pub(super) fn narrowed<'a>(
    mesh: &Mesh<'_, 'a>,
    (source, destination): (usize, usize),
    workload: &Workload<'a>,
    identity: &Identity<'a>,
    straight: Narrowing<'a>,
) -> Narrowing<'a> {
    if [source, destination].map(|it| mesh.membership(it)) != [Membership::Ambient; 2] {
        return straight;
    }
    let ways = ways(mesh, workload);
    if ways.by_waypoint.is_empty() {
        return straight;
    }
    let by_waypoint = ways.by_waypoint.iter().map(|way| way.narrowing(mesh, workload, identity));
    let straight = ways.straight.then_some(straight);
    either(straight.into_iter().chain(by_waypoint).collect())
}

/// A waypoint that something names.
#[derive(Clone, Debug)]
pub struct Waypoint<'a> {
    /// The Service for which it is named; `None` for the workload's own address.
    pub service: Option<&'a Resource>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The Gateway; `None` where it is not in the input.
    pub gateway: Option<&'a Resource>,
    /// Whether it takes what comes for this; so it is thought where it is not in the input.
    pub covers: bool,
}

/// The ways to a workload, by its own address and by each of its Services, with the waypoint that is named for them.
pub(super) fn named<'a>(
    mesh: &Mesh<'_, 'a>,
    workload: &Workload<'a>,
) -> Vec<(Option<&'a Resource>, Option<Waypoint<'a>>)> {
    let services = mesh.inventory.of_kind_in("Service", workload.namespace);
    let services = services.filter(|service| {
        service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
    });
    let own = std::iter::once((None, &*workload.labels));
    let called = own.chain(services.map(|service| (Some(service), service.labels())));
    called.map(|(service, labels)| (service, mesh.waypoint(service, labels, workload.namespace))).collect()
}

fn ways<'a>(mesh: &Mesh<'_, 'a>, workload: &Workload<'a>) -> Ways<'a> {
    let mut found = Ways::default();
    for (service, waypoint) in named(mesh, workload) {
        match waypoint.filter(|it| it.covers) {
            Some(Waypoint { gateway, .. }) => found.by_waypoint.push(Way { gateway, service }),
            None => found.straight = true,
        }
    }
    found
}

impl<'a> Mesh<'_, 'a> {
    /// The waypoint that labels name for a Service, or for a workload.
    fn waypoint(&self, service: Option<&'a Resource>, labels: &[Entry], namespace: &str) -> Option<Waypoint<'a>> {
        let (namespace, name) = waypoint(labels, namespace, &self.network.namespaces)?;
        let gateway = self.inventory.get("Gateway", namespace, name);
        let covers = match gateway.map(|it| it.label(FOR).unwrap_or("service")) {
            None | Some("all") => true,
            Some("service") => service.is_some(),
            Some("workload") => service.is_none(),
            Some(_) => false,
        };
        Some(Waypoint { service, namespace: namespace.to_owned(), name: name.to_owned(), gateway, covers })
    }
}

/// The waypoint that labels name, or else those of the namespace: namespace and name.
fn waypoint<'l>(labels: &'l [Entry], namespace: &'l str, namespaces: &'l Namespaces<'_>) -> Option<(&'l str, &'l str)> {
    let value = |labels: &'l [Entry], key: &str| {
        labels.iter().find(|it| &*it.key == key).map(|it| it.node.as_str().unwrap_or_default())
    };
    let own = |key: &str| value(labels, key);
    let of_namespace = |key: &str| value(namespaces.get(namespace).map_or(&[][..], |it| it.labels.as_slice()), key);
    let (name, home) = match own(USE) {
        Some(name) => (name, own(USE_NAMESPACE)),
        None => (of_namespace(USE)?, of_namespace(USE_NAMESPACE)),
    };
    (name != "none").then_some((home.unwrap_or(namespace), name))
}

impl<'a> Way<'a> {
    fn narrowing(&self, mesh: &Mesh<'_, 'a>, workload: &Workload<'a>, identity: &Identity<'a>) -> Narrowing<'a> {
        let mut narrowing = Narrowing::encrypted();
        let Some(gateway) = self.gateway else {
            narrowing.perhaps = all_ports();
            return narrowing;
        };
        // Istio runs it under a service account of its own name.
        let account = Some((gateway.namespace_or_default(), &*gateway.name));
        let proxy = Identity { is_mutual: Some(true), account, addresses: None };
        authorization::apply(mesh, workload, (&proxy, true), &mut narrowing);
        let policies: Vec<&Resource> = mesh.inventory.of_kind(authorization::KIND).collect();
        let here = policies.into_iter().filter(|policy| self.is_target_of(policy, gateway, mesh.root));
        let mut at_waypoint = Narrowing::encrypted();
        let mut by_port = false;
        let here = here.inspect(|policy| by_port |= names_ports(policy));
        authorization::decide(here, (identity, false), &mut at_waypoint);
        if by_port {
            // The waypoint listens on the Service's ports, and the workload on its own.
            narrowing.perhaps = all_ports();
        }
        narrowing.closed.extend(at_waypoint.closed.into_iter().filter(|_| !by_port));
        narrowing.perhaps = narrowing.perhaps.union(&at_waypoint.perhaps);
        narrowing.conditions.extend(at_waypoint.conditions);
        narrowing
    }

    fn is_target_of(&self, policy: &Resource, gateway: &Resource, root: &str) -> bool {
        let home = policy.namespace_or_default();
        targets::of(policy).any(|(kind, name)| match kind {
            "Gateway" => home == gateway.namespace_or_default() && name == &*gateway.name,
            "GatewayClass" => home == root && gateway.root.str_at("spec/gatewayClassName") == Some(name),
            "Service" => self.service.is_some_and(|it| home == it.namespace_or_default() && name == &*it.name),
            _ => false,
        })
    }
}

fn names_ports(policy: &Resource) -> bool {
    let operations = policy.root.items_at("spec/rules").iter().flat_map(|rule| rule.items_at("to"));
    operations.filter_map(|it| it.get("operation")).any(|it| it.get("ports").or_else(|| it.get("notPorts")).is_some())
}

/// What one of several ways lets through is open.
fn either(ways: Vec<Narrowing<'_>>) -> Narrowing<'_> {
    let open = |it: &Narrowing<'_>| all_ports().difference(&it.closed_ports()).difference(&it.perhaps);
    let asked = |it: &Narrowing<'_>| {
        it.conditions.iter().fold(PortSet::default(), |all, condition| all.union(&condition.ports))
    };
    let join =
        |part: &dyn Fn(&Narrowing<'_>) -> PortSet| ways.iter().fold(PortSet::default(), |all, it| all.union(&part(it)));
    let certain = join(&open);
    let unasked = join(&|it| open(it).difference(&asked(it)));
    let reachable = join(&|it| all_ports().difference(&it.closed_ports()));
    let mut ways = ways.into_iter();
    let Some(mut all) = ways.next() else { return Narrowing::encrypted() };
    let limited = |(ports, policy): (PortSet, _)| (ports.difference(&reachable), policy);
    all.closed = all.closed.into_iter().map(limited).filter(|(ports, _)| !ports.is_empty()).collect();
    all.perhaps = reachable.difference(&certain);
    for condition in ways.flat_map(|it| it.conditions) {
        let is_known = |it: &Condition<'_>| std::ptr::eq(it.policy, condition.policy) && it.text == condition.text;
        match all.conditions.iter_mut().find(|it| is_known(it)) {
            Some(known) => known.ports = known.ports.union(&condition.ports),
            None => all.conditions.push(condition),
        }
    }
    for condition in &mut all.conditions {
        condition.ports = condition.ports.intersection(&reachable).difference(&unasked);
    }
    all.conditions.retain(|it| !it.ports.is_empty());
    all
}
