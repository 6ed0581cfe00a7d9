//! What Google's controller reads: annotations, and the BackendConfig that a Service names.

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::annotations::Told;
use super::guard::{Guard, Proof};
use super::lead;

pub(super) fn by_annotations(ingress: &Resource, told: &mut Told) {
    let class =
        ingress.annotation("kubernetes.io/ingress.class").or_else(|| ingress.root.str_at("spec/ingressClassName"));
    if class == Some("gce-internal") {
        told.guard.internal();
    }
    let certificates = ["ingress.gcp.kubernetes.io/pre-shared-cert", "networking.gke.io/managed-certificates"];
    told.certificate = certificates.iter().any(|key| ingress.annotation(key).is_some());
    let redirected = ingress.annotation("networking.gke.io/v1beta1.FrontendConfig").is_some();
    told.plain_too = ingress.annotation("kubernetes.io/ingress.allow-http") != Some("false") && !redirected;
}

/// `cloud.google.com/v1`, BackendConfig: `spec.iap` and `spec.securityPolicy` (Cloud Armor, whose rules only the cloud
/// shows).
pub(super) fn by_service(service: &Resource, port: Option<&Node>, inventory: &Inventory, guard: &mut Guard) {
    let keys = ["cloud.google.com/backend-config", "beta.cloud.google.com/backend-config"];
    let Some(written) = keys.iter().find_map(|key| service.annotation(key)) else { return };
    let port = port.and_then(Node::scalar).unwrap_or_default();
    let Some(name) = named(written, &port) else { return };
    let Some(config) = lead::named(inventory, "BackendConfig.cloud.google.com", service.namespace_or_default(), name)
    else {
        return guard.perhaps(format!("BackendConfig \"{name}\", which is not in the input"));
    };
    if config.root.bool_at("spec/iap/enabled") == Some(true) {
        guard.ask(Proof::SignOn);
    }
    if config.root.str_at("spec/securityPolicy/name").is_some_and(|name| !name.is_empty()) {
        guard.perhaps("a policy of Cloud Armor");
    }
}

/// `networking.gke.io/v1`, GCPBackendPolicy, for Services behind a Gateway.
pub(super) fn by_policy(service: &Resource, inventory: &Inventory, guard: &mut Guard) {
    let targets = |policy: &&Resource| {
        policy.namespace_or_default() == service.namespace_or_default()
            && policy.root.str_at("spec/targetRef/name") == Some(&*service.name)
    };
    for policy in inventory.of_kind("GCPBackendPolicy.networking.gke.io").filter(targets) {
        if policy.root.bool_at("spec/default/iap/enabled") == Some(true) {
            guard.ask(Proof::SignOn);
        }
        if policy.root.str_at("spec/default/securityPolicy").is_some_and(|name| !name.is_empty()) {
            guard.perhaps("a policy of Cloud Armor");
        }
    }
}

/// `{"default": "a"}` or `{"ports": {"80": "b"}}`: the config of a port, by its number or name.
fn named<'t>(json: &'t str, port: &str) -> Option<&'t str> {
    let mut words = json.split('"').skip(1).step_by(2);
    let mut default = None;
    while let Some(word) = words.next() {
        match word {
            "ports" => {}
            "default" => default = words.next(),
            _ => {
                let config = words.next();
                if word == port {
                    return config;
                }
            }
        }
    }
    default
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_config_of_a_port_stands_before_the_default() {
        let both = r#"{"default": "all", "ports": {"80": "web", "admin": "staff"}}"#;
        assert_eq!(named(both, "80"), Some("web"));
        assert_eq!(named(both, "admin"), Some("staff"));
        assert_eq!(named(both, "443"), Some("all"));
        assert_eq!(named(r#"{"ports": {"80": "web"}}"#, "443"), None);
    }
}
