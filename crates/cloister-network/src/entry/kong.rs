//! Plugins of Kong that an Ingress, a route or a Service names (`configuration.konghq.com/v1`).

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::guard::{Guard, Proof};
use super::lead::named;

/// Plugins by which callers prove who they are.
const PROOFS: [(&str, Proof); 10] = [
    ("basic-auth", Proof::Password),
    ("ldap-auth", Proof::Password),
    ("ldap-auth-advanced", Proof::Password),
    ("key-auth", Proof::ApiKey),
    ("hmac-auth", Proof::ApiKey),
    ("jwt", Proof::Token),
    ("oauth2", Proof::Token),
    ("openid-connect", Proof::SignOn),
    ("mtls-auth", Proof::ClientCertificate),
    ("forward-auth", Proof::ExternalService),
];

/// `konghq.com/plugins`: names, separated by commas; and plugins for the whole cluster.
pub(super) fn by_annotations(resource: &Resource, inventory: &Inventory, guard: &mut Guard) {
    let listed = resource.annotation("konghq.com/plugins").unwrap_or_default();
    for name in listed.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let namespace = resource.namespace_or_default();
        let own = named(inventory, "KongPlugin.configuration.konghq.com", namespace, name);
        let plugin = own.or_else(|| inventory.get_cluster_wide("KongClusterPlugin.configuration.konghq.com", name));
        match plugin {
            Some(plugin) => by_plugin(plugin, guard),
            None => guard.perhaps(format!("plugin \"{name}\", which is not in the input")),
        }
    }
    let global = inventory.of_kind("KongClusterPlugin.configuration.konghq.com");
    global.filter(|plugin| plugin.label("global") == Some("true")).for_each(|plugin| by_plugin(plugin, guard));
}

fn by_plugin(resource: &Resource, guard: &mut Guard) {
    let Some(plugin) = resource.root.str_at("plugin") else { return };
    if resource.root.bool_at("disabled") == Some(true) {
        return;
    }
    if let Some((_, proof)) = PROOFS.into_iter().find(|(name, _)| *name == plugin) {
        // Callers without proof pass as this consumer.
        let anonymous = resource.root.str_at("config/anonymous").is_some_and(|it| !it.is_empty());
        if !anonymous {
            guard.ask(proof);
        }
    }
    if plugin == "ip-restriction" {
        let allowed: Vec<&str> = resource.root.items_at("config/allow").iter().filter_map(Node::as_str).collect();
        if !allowed.is_empty() {
            guard.only(allowed);
        }
        guard.without(resource.root.strs_at("config/deny"));
    }
}
