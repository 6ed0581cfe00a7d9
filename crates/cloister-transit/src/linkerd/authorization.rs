//! ServerAuthorizations and AuthorizationPolicies that are about a Server.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};
use cloister_network::AddressSet;

use super::Caller;
use super::identity::Cluster;

/// What each says to a caller; `None` where the input does not tell.
pub(super) fn answers<'a>(
    inventory: &'a Inventory,
    cluster: &Cluster<'_>,
    server: &'a Resource,
    caller: Caller<'_>,
) -> Vec<Option<bool>> {
    let home = server.namespace_or_default();
    let old = inventory.of_kind_in("ServerAuthorization.policy.linkerd.io", home).filter(|it| selects(it, server));
    let old = old.map(|it| by_server_authorization(it, cluster, caller));
    let new = inventory.of_kind_in("AuthorizationPolicy.policy.linkerd.io", home).filter(|it| targets(it, server));
    old.chain(new.map(|it| by_policy(it, inventory, cluster, caller))).collect()
}

fn selects(authorization: &Resource, server: &Resource) -> bool {
    match authorization.root.str_at("spec/server/name") {
        Some(name) => name == &*server.name,
        None => {
            let selector = authorization.root.at("spec/server/selector");
            selector.is_none_or(|it| Selector::Labels(it).matches(server.labels()))
        }
    }
}

/// A policy of a namespace is about all of its Servers.
fn targets(policy: &Resource, server: &Resource) -> bool {
    let Some(target) = policy.root.at("spec/targetRef") else { return false };
    match target.str_at("kind") {
        Some("Server") => target.str_at("name") == Some(&*server.name),
        Some("Namespace") => true,
        _ => false,
    }
}

fn by_server_authorization(authorization: &Resource, cluster: &Cluster<'_>, caller: Caller<'_>) -> Option<bool> {
    let Some(client) = authorization.root.at("spec/client") else { return Some(false) };
    let known = if client.bool_at("unauthenticated") == Some(true) {
        true
    } else if let Some(tls) = client.get("meshTLS") {
        let home = authorization.namespace_or_default();
        let by_account = tls.items_at("serviceAccounts").iter().any(|it| {
            let namespace = it.str_at("namespace").unwrap_or(home);
            it.str_at("name").is_some_and(|name| Cluster::is_account(caller, namespace, Some(name)))
        });
        let any = tls.bool_at("unauthenticatedTLS") == Some(true) && caller.account.is_some();
        any || by_account || tls.strs_at("identities").any(|pattern| cluster.is(caller, pattern))
    } else {
        false
    };
    let networks = client.items_at("networks");
    if known && !networks.is_empty() { comes_from(networks, caller) } else { Some(known) }
}

fn by_policy(policy: &Resource, inventory: &Inventory, cluster: &Cluster<'_>, caller: Caller<'_>) -> Option<bool> {
    let home = policy.namespace_or_default();
    let mut answer = Some(true);
    for wanted in policy.root.items_at("spec/requiredAuthenticationRefs") {
        let namespace = wanted.str_at("namespace").unwrap_or(home);
        let name = wanted.str_at("name").unwrap_or_default();
        let one = match wanted.str_at("kind").unwrap_or_default() {
            "ServiceAccount" => Some(Cluster::is_account(caller, namespace, Some(name))),
            // What it names is perhaps not in the input.
            kind => inventory
                .get(&format!("{kind}.policy.linkerd.io"), namespace, name)
                .and_then(|it| by_authentication(it, cluster, caller)),
        };
        answer = match (answer, one) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    }
    answer
}

fn by_authentication(authentication: &Resource, cluster: &Cluster<'_>, caller: Caller<'_>) -> Option<bool> {
    let spec = authentication.root.at("spec")?;
    if &*authentication.kind == "NetworkAuthentication" {
        return comes_from(spec.items_at("networks"), caller);
    }
    let home = authentication.namespace_or_default();
    let by_reference = spec.items_at("identityRefs").iter().any(|it| {
        let name = it.str_at("name").unwrap_or_default();
        match it.str_at("kind") {
            Some("ServiceAccount") => Cluster::is_account(caller, it.str_at("namespace").unwrap_or(home), Some(name)),
            Some("Namespace") => Cluster::is_account(caller, name, None),
            _ => false,
        }
    });
    Some(by_reference || spec.strs_at("identities").any(|pattern| cluster.is(caller, pattern)))
}

/// Whether a caller comes from one of these networks.
fn comes_from(networks: &[Node], caller: Caller<'_>) -> Option<bool> {
    let mut from = AddressSet::default();
    for network in networks {
        let block = AddressSet::parse_cidr(network.str_at("cidr")?).ok()?;
        let block = network
            .strs_at("except")
            .try_fold(block, |left, out| AddressSet::parse_cidr(out).ok().map(|out| left.difference(&out)))?;
        from = from.union(&block);
    }
    match caller.addresses {
        _ if from == AddressSet::everything() => Some(true),
        Some(own) if own.is_subset(&from) => Some(true),
        Some(own) if own.is_disjoint(&from) => Some(false),
        _ => None,
    }
}
