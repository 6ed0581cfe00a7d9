//! Who calls, as a proxy sees it: the identity in a certificate of the mesh, where the connection has one.

use cloister_inventory::{Inventory, Selector};
use cloister_model::Resource;

use super::{Caller, Membership, Mesh};
use crate::addresses::AddressSet;
use crate::endpoints::{Endpoint, Workload};

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

pub(super) fn identity<'a>(
    mesh: &Mesh<'_, 'a>,
    caller: Caller,
    destination: usize,
    workload: &Workload<'a>,
) -> Identity<'a> {
    let outside = Identity { is_mutual: Some(false), account: None, addresses: None };
    let source = match caller {
        Caller::Unknown => return Identity { is_mutual: None, ..outside },
        Caller::Outside => return outside,
        Caller::Endpoint(source) => source,
    };
    match mesh.network.endpoint(source) {
        Some(Endpoint::Workload(from)) => {
            let both_ambient = [source, destination].map(|it| mesh.membership(it)) == [Membership::Ambient; 2];
            let mutual = mesh.membership(source) != Membership::None
                && (both_ambient || !is_switched_off(mesh, from.namespace, workload));
            let account =
                Inventory::pods_of(from.resource).next().map(|pod| pod.service_account()).unwrap_or("default");
            let account = mutual.then_some((from.namespace, account));
            Identity { is_mutual: Some(mutual), account, addresses: from.addresses.clone() }
        }
        Some(Endpoint::Node(node)) => Identity { addresses: Some(node.addresses.clone()), ..outside },
        Some(Endpoint::Outside(addresses)) => Identity { addresses: Some(addresses.clone()), ..outside },
        None => outside,
    }
}

/// Whether a DestinationRule makes callers of a namespace speak something else than the mesh's mutual TLS to the
/// Services of a workload. The caller's namespace is looked in first, then the Service's, then the mesh's.
fn is_switched_off(mesh: &Mesh<'_, '_>, from: &str, workload: &Workload<'_>) -> bool {
    let services = mesh.inventory.of_kind_in("Service", workload.namespace);
    let mut behind = services.filter(|service| {
        service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
    });
    behind.any(|service| {
        let places = [from, workload.namespace, mesh.root];
        let rules = places.iter().find_map(|place| {
            let rules = mesh.inventory.of_kind_in("DestinationRule.networking.istio.io", place);
            rules
                .filter(|rule| is_shown(rule, from) && names(rule, service))
                .max_by_key(|rule| rule.root.str_at("spec/host").map(str::len))
        });
        let mode = rules.and_then(|rule| rule.root.str_at("spec/trafficPolicy/tls/mode"));
        mode.is_some_and(|mode| mode != "ISTIO_MUTUAL")
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

/// A host may be short, which means its own namespace, and may begin with `*.`.
fn names(rule: &Resource, service: &Resource) -> bool {
    let Some(host) = rule.root.str_at("spec/host") else { return false };
    let (name, namespace) = (&service.name, service.namespace_or_default());
    let full = format!("{name}.{namespace}.svc.cluster.local");
    match host.strip_prefix('*') {
        Some(suffix) => full.ends_with(suffix),
        None if host.contains('.') => {
            full == host
                || full.strip_suffix(".cluster.local") == Some(host)
                || full.strip_suffix(".svc.cluster.local") == Some(host)
        }
        None => host == &**name && rule.namespace_or_default() == namespace,
    }
}
