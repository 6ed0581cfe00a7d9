//! Istio's waypoints, and policies that name their targets.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use cloister_network::{Caller, Mesh, Verdict};
use support::{end, inventory, namespace, network};

fn deployment(namespace: &str, name: &str, labels: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{template: \
         {{metadata: {{labels: {{app: {name}{labels}}}}}, spec: {{serviceAccountName: {name}, containers: [{{name: c, image: \
         i}}]}}}}}}\n"
    )
}

/// `shop` is in ambient mode with these labels of its own, `out` is in no mesh.
fn base(labels: &str) -> String {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, \
                   ports: [{port: 5432}]}\n";
    [
        namespace("shop", &format!("istio.io/dataplane-mode: ambient{labels}")),
        namespace("out", ""),
        deployment("shop", "web", ""),
        deployment("shop", "db", ""),
        deployment("out", "web", ""),
        service.to_owned(),
    ]
    .concat()
}

fn gateway(is_for: &str) -> String {
    format!(
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: way, namespace: shop, labels: \
         {{istio.io/waypoint-for: {is_for}}}}}\nspec: {{gatewayClassName: istio-waypoint}}\n"
    )
}

fn policy(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: {name}, namespace: shop}}\nspec: \
         {spec}\n"
    )
}

/// The ports of TCP from an end to shop/db: open, closed or unknown; and what is asked of requests.
fn between(text: &str, from: &str) -> String {
    let read = inventory(text);
    let network = network(&read);
    let mesh = Mesh::of(&network, &read).unwrap();
    let narrowing = mesh.between(Caller::Endpoint(end(&network, from)), end(&network, "shop/db"));
    let verdict = narrowing.narrow(&Verdict::open());
    let port = |set: cloister_network::PortSet| !set.intersection(&tcp()).is_empty();
    let said = match (port(verdict.allowed()), port(verdict.unknown())) {
        (true, _) => "open",
        (_, true) => "unknown",
        _ => "closed",
    };
    let asked: Vec<&str> = narrowing.conditions.iter().map(|it| it.text.as_str()).collect();
    [&[said], &asked[..]].concat().join(", ")
}

fn tcp() -> cloister_network::PortSet {
    cloister_network::PortSet::one(cloister_network::Protocol::Tcp, 5432)
}

const USES: &str = ", istio.io/use-waypoint: way";
const ONLY_WAY: &str = "{selector: {matchLabels: {app: db}}, rules: [{from: [{source: {principals: \
                        [cluster.local/ns/shop/sa/way]}}]}]}";

#[test]
fn behind_a_waypoint_the_workload_sees_the_waypoint() {
    let only = policy("only", ONLY_WAY);
    assert_eq!(between(&(base("") + &only), "shop/web"), "closed");
    assert_eq!(between(&(base(USES) + &gateway("service") + &only), "shop/web"), "open");
    assert_eq!(between(&(base(USES) + &gateway("service") + &only), "out/web"), "closed", "it comes straight");
    assert_eq!(between(&(base(USES) + &gateway("none") + &only), "shop/web"), "closed", "it is for nothing");
    assert_eq!(between(&(base(USES) + &only), "shop/web"), "unknown", "the waypoint is not in the input");
}

#[test]
fn a_policy_of_the_waypoint_closes_what_only_the_waypoint_leads_to() {
    let nobody = |target: &str| policy("nobody", &format!("{{targetRefs: [{target}]}}"));
    let of_gateway = nobody("{group: gateway.networking.k8s.io, kind: Gateway, name: way}");
    let of_service = nobody("{group: '', kind: Service, name: db}");
    let all = base(USES) + &gateway("all");
    assert_eq!(between(&(all.clone() + &of_gateway), "shop/web"), "closed");
    assert_eq!(between(&(all.clone() + &of_service), "shop/web"), "open", "the address of the pod is no Service");
    assert_eq!(between(&(base(USES) + &gateway("service") + &of_gateway), "shop/web"), "open", "straight to the pod");
    assert_eq!(between(&(all.clone() + &of_gateway), "out/web"), "open", "it comes straight");
    let elsewhere = nobody("{group: gateway.networking.k8s.io, kind: Gateway, name: other}");
    assert_eq!(between(&(all.clone() + &elsewhere), "shop/web"), "open");
    let only = policy("only", ONLY_WAY);
    assert_eq!(between(&(base(USES) + &gateway("service") + &of_service + &only), "shop/web"), "closed", "neither way");
}

#[test]
fn what_the_waypoint_asks_of_requests_is_told() {
    let reads = "{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: way}], rules: [{to: [{operation: \
                 {methods: [GET]}}]}]}";
    let text = base(USES) + &gateway("all") + &policy("reads", reads);
    assert_eq!(between(&text, "shop/web"), "open, only methods GET");
    let ports = reads.replace("methods: [GET]", "ports: ['80']");
    assert_eq!(between(&(base(USES) + &gateway("all") + &policy("ports", &ports)), "shop/web"), "unknown");
}

#[test]
fn the_proxy_of_a_node_sees_no_requests() {
    let reads = "{selector: {matchLabels: {app: db}}, rules: [{to: [{operation: {methods: [GET]}}]}]}";
    assert!(between(&(base("") + &policy("reads", reads)), "shop/web").starts_with("unknown"));
}

#[test]
fn a_pod_may_use_no_waypoint_and_a_service_another() {
    let only = policy("only", ONLY_WAY);
    let none = base(USES).replace(
        "{name: db, namespace: shop}\nspec: {selector",
        "{name: db, namespace: shop, labels: {istio.io/use-waypoint: none}}\nspec: {selector",
    );
    assert_eq!(between(&(none + &gateway("service") + &only), "shop/web"), "closed");
}

#[test]
fn the_pods_of_a_gateway_are_the_target_of_its_policies() {
    let pods = deployment("shop", "db", ", gateway.networking.k8s.io/gateway-name: front");
    let text = base("").replace(&deployment("shop", "db", ""), &pods);
    let target = |name: &str| {
        policy("p", &format!("{{targetRef: {{group: gateway.networking.k8s.io, kind: Gateway, name: {name}}}}}"))
    };
    assert_eq!(between(&(text.clone() + &target("front")), "shop/web"), "closed");
    assert_eq!(between(&(text + &target("other")), "shop/web"), "open");
}
