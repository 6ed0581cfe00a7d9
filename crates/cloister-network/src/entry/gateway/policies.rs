//! Policies of implementations that hang from Gateways and routes and ask callers who they are.

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::super::guard::{Guard, Proof};

/// What policies say that target this resource, or with `section` this part of it.
pub(super) fn of(target: &Resource, section: Option<&str>, inventory: &Inventory, guard: &mut Guard) {
    let envoy = inventory.of_kind("SecurityPolicy.gateway.envoyproxy.io");
    envoy.filter(|policy| targets(policy, target, section)).for_each(|policy| by_envoy(policy, guard));
    let kuadrant = inventory.of_kind("AuthPolicy.kuadrant.io");
    for _ in kuadrant.filter(|policy| targets(policy, target, section)) {
        guard.ask(Proof::ExternalService);
    }
    let istio = inventory.of_kind("AuthorizationPolicy.security.istio.io");
    for policy in istio.filter(|policy| targets(policy, target, section)) {
        guard.perhaps(format!("AuthorizationPolicy \"{}\"", policy.name));
    }
}

/// `targetRef` or `targetRefs`, in one namespace.
fn targets(policy: &Resource, target: &Resource, section: Option<&str>) -> bool {
    let same = |it: &Node| {
        it.str_at("kind") == Some(&*target.kind)
            && it.str_at("name") == Some(&*target.name)
            && it.str_at("sectionName") == section
    };
    let own = policy.namespace_or_default() == target.namespace_or_default();
    let all = policy.root.at("spec/targetRef").into_iter().chain(policy.root.items_at("spec/targetRefs"));
    own && all.into_iter().any(same)
}

/// Envoy Gateway's SecurityPolicy.
fn by_envoy(policy: &Resource, guard: &mut Guard) {
    let Some(spec) = policy.root.get("spec") else { return };
    let proofs = [
        ("basicAuth", Proof::Password),
        ("apiKeyAuth", Proof::ApiKey),
        ("oidc", Proof::SignOn),
        ("extAuth", Proof::ExternalService),
    ];
    let asked = proofs.into_iter().filter(|(field, _)| spec.get(field).is_some());
    asked.for_each(|(_, proof)| guard.ask(proof));
    if spec.get("jwt").is_some() && spec.bool_at("jwt/optional") != Some(true) {
        guard.ask(Proof::Token);
    }
    if spec.str_at("authorization/defaultAction") == Some("Deny") {
        let allowing = || spec.items_at("authorization/rules").iter().filter(|it| it.str_at("action") == Some("Allow"));
        if allowing().all(|rule| rule.at("principal/clientCIDRs").is_some()) {
            guard.only(allowing().flat_map(|rule| rule.strs_at("principal/clientCIDRs")));
        } else {
            guard.perhaps(format!("SecurityPolicy \"{}\"", policy.name));
        }
    }
}
