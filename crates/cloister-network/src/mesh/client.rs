//! Who calls, as a proxy sees it: the identity in a certificate of the mesh, where the connection has one.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};

use super::{Caller, Membership, Mesh, mutual, subset};
use crate::addresses::AddressSet;
use crate::behind::{Open, number};
use crate::endpoints::{Endpoint, Workload};
use crate::ports::PortSet;

/// Who calls.
#[derive(Debug)]
pub(super) struct Identity<'a> {
    /// Whether the connection is mutual TLS of the mesh; `None` where the input does not tell.
    pub(super) is_mutual: Option<bool>,
    /// Namespace and service account, where it is and they are known.
    pub(super) account: Option<(&'a str, &'a str)>,
    /// Its addresses, where they are known.
    pub(super) addresses: Option<AddressSet>,
}

pub(super) fn identity<'a>(mesh: &Mesh<'_, 'a>, caller: Caller) -> Identity<'a> {
    let outside = Identity { is_mutual: Some(false), account: None, addresses: None };
    let source = match caller {
        Caller::Unknown => return Identity { is_mutual: None, ..outside },
        Caller::Outside => return outside,
        Caller::Endpoint(source) => source,
    };
    match mesh.network.endpoint(source) {
        Some(Endpoint::Workload(from)) => {
            let mutual = mesh.membership(source) != Membership::None;
            let account = mutual.then_some((from.namespace, account(from)));
            Identity { is_mutual: Some(mutual), account, addresses: from.addresses.clone() }
        }
        Some(Endpoint::Node(node)) => Identity { addresses: Some(node.addresses.clone()), ..outside },
        Some(Endpoint::Outside(addresses)) => Identity { addresses: Some(addresses.clone()), ..outside },
        None => outside,
    }
}

/// The service account of a workload.
pub(super) fn account<'a>(workload: &Workload<'a>) -> &'a str {
    Inventory::pods_of(workload.resource).next().map_or("default", |pod| pod.service_account())
}

impl<'a> Identity<'a> {
    /// The same caller on a port where it does not speak the mesh's mutual TLS.
    pub(super) fn in_the_clear(self) -> Identity<'a> {
        Identity { is_mutual: Some(false), account: None, ..self }
    }
}

/// Ports of a workload on which a caller that is in the mesh does not speak its mutual TLS.
#[derive(Debug, Default)]
pub(super) struct Clear {
    pub(super) surely: PortSet,
    /// It hangs on the route that a request takes.
    pub(super) perhaps: PortSet,
}

/// The ports of a workload on which a caller that is in the mesh does not speak its mutual TLS all the same: the workload
/// takes none there (`DISABLE`), or a DestinationRule tells callers not to. Between two in ambient mode neither counts:
/// their nodes' proxies always encrypt.
pub(super) fn in_clear<'a>(mesh: &Mesh<'_, 'a>, caller: Caller, destination: usize, workload: &Workload<'a>) -> Clear {
    let disabled = || mutual::of(mesh, workload).disabled();
    let source = match caller {
        Caller::Unknown => return Clear { surely: disabled(), ..Clear::default() },
        Caller::Outside => return Clear::default(),
        Caller::Endpoint(source) => source,
    };
    let ends = [source, destination].map(|it| mesh.membership(it));
    let Some(Endpoint::Workload(from)) = mesh.network.endpoint(source) else { return Clear::default() };
    if ends.contains(&Membership::None) || ends == [Membership::Ambient; 2] {
        return Clear::default();
    }
    let Clear { surely, perhaps } = switched_off(mesh, from.namespace, workload);
    let surely = surely.union(&disabled());
    Clear { perhaps: perhaps.difference(&surely), surely }
}

/// The ports on which DestinationRules make callers of a namespace speak something else than the mesh's mutual TLS to the
/// Services of a workload. The caller's namespace is looked in first, then the Service's, then the mesh's. A port with
/// settings of its own inherits none (`TrafficPolicy.portLevelSettings`).
fn switched_off<'a>(mesh: &Mesh<'_, 'a>, from: &str, workload: &Workload<'a>) -> Clear {
    let services = mesh.inventory.of_kind_in("Service", workload.namespace);
    let behind = services.filter(|service| {
        service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
    });
    let mut clear = Clear::default();
    for service in behind {
        let places = [from, workload.namespace, mesh.root];
        let rule = places.iter().find_map(|place| {
            let rules = mesh.inventory.of_kind_in("DestinationRule.networking.istio.io", place);
            rules
                .filter(|rule| is_shown(rule, from) && names(rule, service))
                .max_by_key(|rule| rule.root.str_at("spec/host").map(str::len))
        });
        let Some(rule) = rule else { continue };
        let policy = rule.root.at("spec/trafficPolicy");
        let whole = policy.map_or_else(PortSet::default, |it| off_by(it, &PortSet::default(), service, workload));
        for own in subset::policies(mesh, rule, service, workload) {
            let own = off_by(own, &whole, service, workload);
            let differs = own.difference(&whole).union(&whole.difference(&own));
            clear.perhaps = clear.perhaps.union(&differs);
        }
        clear.surely = clear.surely.union(&whole);
    }
    clear.surely = clear.surely.difference(&clear.perhaps);
    clear
}

/// DestinationRules that anywhere (in whole, for a port, for a subset) tell callers to speak something else to Services of
/// workloads that are in the mesh.
pub(super) fn rules_in_the_way<'a>(mesh: &Mesh<'_, 'a>) -> Vec<&'a Resource> {
    let members = || (0..mesh.network.endpoints().len()).filter(|it| mesh.membership(*it) != Membership::None);
    let members: Vec<&Workload<'a>> = members().filter_map(|it| mesh.workload(it)).collect();
    let leads_in = |service: &&Resource| {
        let mut own = members.iter().filter(|it| it.namespace == service.namespace_or_default());
        service.root.at("spec/selector").is_some_and(|it| own.any(|own| Selector::Map(it).matches(&own.labels)))
    };
    let services: Vec<&Resource> = mesh.inventory.of_kind("Service").filter(leads_in).collect();
    let mut rules = rules_that_switch_off(mesh);
    rules.retain(|rule| services.iter().any(|service| names(rule, service)));
    rules
}

/// Likewise, of whatever host.
pub(super) fn rules_that_switch_off<'a>(mesh: &Mesh<'_, 'a>) -> Vec<&'a Resource> {
    mesh.inventory.of_kind("DestinationRule.networking.istio.io").filter(|rule| switches_off(rule)).collect()
}

fn switches_off(rule: &Resource) -> bool {
    let is_off = |node: &Node| node.str_at("tls/mode").is_some_and(|mode| mode != "ISTIO_MUTUAL");
    let subsets = rule.root.items_at("spec/subsets").iter().filter_map(|it| it.get("trafficPolicy"));
    let mut policies = rule.root.at("spec/trafficPolicy").into_iter().chain(subsets);
    policies.any(|policy| is_off(policy) || policy.items_at("portLevelSettings").iter().any(is_off))
}

/// The ports on which a policy switches mutual TLS off; where it says nothing, what it `inherits` counts.
fn off_by(policy: &Node, inherits: &PortSet, service: &Resource, workload: &Workload<'_>) -> PortSet {
    let is_off = |node: &Node| node.str_at("tls/mode").is_some_and(|mode| mode != "ISTIO_MUTUAL");
    let whole = match policy.at("tls/mode") {
        None => inherits.clone(),
        Some(_) if is_off(policy) => super::all_ports(),
        Some(_) => PortSet::default(),
    };
    policy.items_at("portLevelSettings").iter().fold(whole, |off, entry| {
        let wanted = entry.at("port/number").and_then(number);
        let ports = service.root.items_at("spec/ports").iter();
        let ports = ports.filter(|port| wanted.is_some() && port.get("port").and_then(number) == wanted);
        let own = ports.fold(PortSet::default(), |all, port| all.union(&Open::of(port, workload).ports()));
        if is_off(entry) { off.union(&own) } else { off.difference(&own) }
    })
}

/// `exportTo`: `*` or nothing for all namespaces, `.` for its own.
fn is_shown(rule: &Resource, namespace: &str) -> bool {
    let Some(list) = rule.root.at("spec/exportTo").filter(|it| !it.items().is_empty()) else { return true };
    list.items().iter().filter_map(|it| it.as_str()).any(|it| match it {
        "*" => true,
        "." => rule.namespace_or_default() == namespace,
        name => name == namespace,
    })
}

pub(super) fn names(rule: &Resource, service: &Resource) -> bool {
    rule.root.str_at("spec/host").is_some_and(|host| is_host(host, rule.namespace_or_default(), service))
}

/// Whether a host is a Service. It may be short, which means the namespace where it is written, and may begin with `*.`.
pub(super) fn is_host(host: &str, home: &str, service: &Resource) -> bool {
    let (name, namespace) = (&service.name, service.namespace_or_default());
    let full = format!("{name}.{namespace}.svc.cluster.local");
    match host.strip_prefix('*') {
        Some(suffix) => full.ends_with(suffix),
        None if host.contains('.') => {
            full == host
                || full.strip_suffix(".cluster.local") == Some(host)
                || full.strip_suffix(".svc.cluster.local") == Some(host)
        }
        None => host == &**name && home == namespace,
    }
}
