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
/// Services of a workload.
fn switched_off<'a>(mesh: &Mesh<'_, 'a>, from: &'a str, workload: &Workload<'a>) -> Clear {
    let mut clear = Clear::default();
    for service in services(mesh, workload) {
        let Some(rule) = rule_for(mesh, from, service) else { continue };
        let Clear { surely, perhaps } = told(mesh, rule, (from, service, workload), |mode| mode != "ISTIO_MUTUAL");
        clear = Clear { surely: clear.surely.union(&surely), perhaps: clear.perhaps.union(&perhaps) };
    }
    clear.surely = clear.surely.difference(&clear.perhaps);
    clear
}

/// The Services of a workload.
fn services<'a>(mesh: &Mesh<'_, 'a>, workload: &Workload<'a>) -> Vec<&'a Resource> {
    let services = mesh.inventory.of_kind_in("Service", workload.namespace);
    let selects = |service: &&Resource| {
        service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
    };
    services.filter(selects).collect()
}

/// The DestinationRule that callers of a namespace keep to: theirs is looked for first, then the Service's, then the
/// mesh's.
fn rule_for<'a>(mesh: &Mesh<'_, 'a>, from: &'a str, service: &'a Resource) -> Option<&'a Resource> {
    [from, service.namespace_or_default(), mesh.root].into_iter().find_map(|place| {
        let rules = mesh.inventory.of_kind_in("DestinationRule.networking.istio.io", place);
        let meant = rules.filter(|rule| is_shown(rule, from) && names(rule, service));
        meant.max_by_key(|rule| rule.root.str_at("spec/host").map(str::len))
    })
}

/// The ports of a workload on which a rule makes callers speak by one of the modes that are `wanted`. A port with settings
/// of its own inherits none (`TrafficPolicy.portLevelSettings`).
fn told<'a>(
    mesh: &Mesh<'_, 'a>,
    rule: &'a Resource,
    (from, service, workload): (&str, &'a Resource, &Workload<'a>),
    wanted: fn(&str) -> bool,
) -> Clear {
    let none = PortSet::default();
    let of = |policy: &Node, inherits: &PortSet| by_mode(policy, inherits, (service, workload), wanted);
    let whole = rule.root.at("spec/trafficPolicy").map_or_else(PortSet::default, |policy| of(policy, &none));
    let subsets = subset::reached(mesh, rule, service, workload);
    let mut own = subsets.into_iter().map(|policy| policy.map_or_else(|| whole.clone(), |it| of(it, &whole)));
    let Some(first) = own.next() else { return Clear { surely: whole, perhaps: none } };
    let (all, any) = own.fold((first.clone(), first), |(all, any), it| (all.intersection(&it), any.union(&it)));
    // Elsewhere calls come without a route to a subset, too.
    let routed = subset::only_routed(mesh, from, service, workload);
    let (all, any) = (all.intersection(&whole.union(&routed)), any.union(&whole.difference(&routed)));
    Clear { perhaps: any.difference(&all), surely: all }
}

/// The ports of a workload on which the proxy of a caller speaks TLS that is not the mesh's, whether or not the workload is
/// in the mesh, each with the DestinationRule that says so. By no Service of the workload they are reached otherwise.
pub(super) fn own_tls<'a>(mesh: &Mesh<'_, 'a>, source: usize, workload: &Workload<'a>) -> Vec<(PortSet, &'a Resource)> {
    let Some(Endpoint::Workload(from)) = mesh.network.endpoint(source) else { return Vec::new() };
    // The proxies of nodes know no DestinationRules.
    if mesh.membership(source) != Membership::Sidecar {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut otherwise = PortSet::default();
    for service in services(mesh, workload) {
        let ports = service.root.items_at("spec/ports").iter();
        let open = ports.fold(PortSet::default(), |all, port| all.union(&Open::of(port, workload).ports()));
        let rule = rule_for(mesh, from.namespace, service);
        let of_rule = |rule: &'a Resource| {
            let told =
                told(mesh, rule, (from.namespace, service, workload), |mode| matches!(mode, "SIMPLE" | "MUTUAL"));
            (told.surely.intersection(&open), rule)
        };
        let (ports, rule) = rule.map(of_rule).unzip();
        otherwise = otherwise.union(&ports.as_ref().map_or_else(|| open.clone(), |ports| open.difference(ports)));
        found.extend(ports.zip(rule));
    }
    let left = found.into_iter().map(|(ports, rule)| (ports.difference(&otherwise), rule));
    left.filter(|(ports, _)| !ports.is_empty()).collect()
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

/// The ports on which a policy sets one of the modes that are `wanted`; where it says nothing, what it `inherits` counts.
fn by_mode(
    policy: &Node,
    inherits: &PortSet,
    (service, workload): (&Resource, &Workload<'_>),
    wanted: fn(&str) -> bool,
) -> PortSet {
    let whole = match policy.str_at("tls/mode") {
        None => inherits.clone(),
        Some(mode) if wanted(mode) => super::all_ports(),
        Some(_) => PortSet::default(),
    };
    policy.items_at("portLevelSettings").iter().fold(whole, |all, entry| {
        let number_of = entry.at("port/number").and_then(number);
        let ports = service.root.items_at("spec/ports").iter();
        let ports = ports.filter(|port| number_of.is_some() && port.get("port").and_then(number) == number_of);
        let own = ports.fold(PortSet::default(), |all, port| all.union(&Open::of(port, workload).ports()));
        let is_wanted = entry.str_at("tls/mode").is_some_and(wanted);
        if is_wanted { all.union(&own) } else { all.difference(&own) }
    })
}

/// `exportTo`: `*` or nothing for all namespaces, `.` for its own.
pub(super) fn is_shown(rule: &Resource, namespace: &str) -> bool {
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
