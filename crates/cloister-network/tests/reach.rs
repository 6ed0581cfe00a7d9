//! Ways out, callers, policies that others undo, and how much is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fmt::Write as _;

use support::ways::{WEB, object, service};
use support::{inventory, namespace, network, policy};

#[test]
fn ways_out_are_grouped_by_what_is_open_and_names_are_told() {
    let allow = policy(
        "shop",
        "out",
        "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/30}}], ports: [{port: 443}]}]}",
    );
    let cilium = object(
        "cilium.io/v2",
        "CiliumNetworkPolicy",
        "",
        "{endpointSelector: {}, egress: [{toFQDNs: [{matchName: api.example.com}]}]}",
    );
    let away = service("away", "type: ExternalName, externalName: db.example.com");
    let read = inventory(&(WEB.to_owned() + &allow + &cilium + &away));
    let shut = network(&read);
    let exits = shut.exits(&read);
    assert_eq!(exits.exits.len(), 1);
    assert_eq!(exits.exits[0].addresses.to_string(), "192.0.2.0-192.0.2.3");
    assert_eq!(exits.exits[0].verdict.allowed().to_string(), "TCP 443");
    assert!(!exits.exits[0].is_unrestricted());
    let names: Vec<(&str, bool)> = exits.names.iter().map(|it| (it.name, it.by_policy)).collect();
    assert_eq!(names, [("db.example.com", false), ("api.example.com", true)]);
    let near = "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/30}}]}]}";
    let read = inventory(&(WEB.to_owned() + &policy("shop", "near", near)));
    assert!(!network(&read).exits(&read).exits.iter().any(|it| it.is_unrestricted()), "every port of a few addresses");
    let read = inventory(WEB);
    assert!(network(&read).exits(&read).exits.iter().all(|it| it.is_unrestricted()));
}

#[test]
fn what_linkerd_decides_is_named_and_not_evaluated() {
    let kinds =
        ["Server", "ServerAuthorization", "AuthorizationPolicy", "MeshTLSAuthentication", "NetworkAuthentication"];
    let policies = kinds.map(|kind| object("policy.linkerd.io/v1beta3", kind, "", "{}"));
    let route = object("policy.linkerd.io/v1beta3", "HTTPRoute", "", "{}");
    let workload = |name: &str, policy: &str| {
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{template: {{metadata: \
             {{annotations: {{config.linkerd.io/default-inbound-policy: {policy}}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}}}\n"
        )
    };
    let text = policies.concat() + &route + &workload("shut", "deny") + &workload("open", "all-unauthenticated");
    let read = inventory(&(WEB.to_owned() + &text));
    let network = network(&read);
    let mut told: Vec<&str> = network.not_evaluated().iter().map(|it| &*it.resource.kind).collect();
    told.sort_unstable();
    let mut wanted: Vec<&str> = kinds.into_iter().chain(["Deployment"]).collect();
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    assert!(network.not_evaluated().iter().all(|it| it.of == "Linkerd"));
}

#[test]
fn a_policy_that_another_opens_to_everybody_changes_nothing() {
    let narrow = policy("shop", "narrow", "{podSelector: {matchLabels: {app: web}}}");
    let shadowed = |policies: &[String]| {
        let read = inventory(&(WEB.to_owned() + &policies.concat()));
        let network = network(&read);
        let name = |number: usize| network.policies()[number].resource.name.to_string();
        network.shadows().iter().map(|it| (name(it.policy), it.rule, name(it.by))).collect::<Vec<_>>()
    };
    let open = |selector: &str| policy("shop", "open", &format!("{{podSelector: {{{selector}}}, ingress: [{{}}]}}"));
    assert_eq!(shadowed(&[narrow.clone(), open("")]), [("narrow".to_owned(), None, "open".to_owned())]);
    assert_eq!(shadowed(&[narrow.clone(), open("matchLabels: {app: db}")]), []);
    let ports = policy("shop", "ports", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}");
    assert_eq!(shadowed(&[narrow, ports]), []);
    let pods = "{namespaces: {}}";
    let late = support::cluster_policy(
        "c",
        &format!(
            "{{tier: Admin, priority: 1, subject: {pods}, ingress: [{{action: Deny, from: [{pods}]}}, {{action: Accept, from: [{{namespaces: {{matchLabels: {{team: shop}}}}}}]}}]}}"
        ),
    );
    assert_eq!(shadowed(&[late]), [("c".to_owned(), Some(1), "c".to_owned())]);
}

#[test]
fn callers_are_those_that_each_pair_of_ends_tells() {
    let pods =
        ["a", "b", "c"].map(|name| support::pod("shop", name, &format!("app: {name}"), "", &["10.0.0.1"])).concat();
    for spec in [
        "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {matchLabels: {app: b}}}], ports: [{port: 80}]}]}",
        "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [b]}]}}]}]}",
        "{podSelector: {matchLabels: {app: a}}, ingress: [{}]}",
        "{podSelector: {}}",
    ] {
        let read = inventory(&(pods.clone() + &namespace("shop", "") + &policy("shop", "p", spec)));
        let network = network(&read);
        for to in ["shop/a", "shop/b"].map(|name| support::end(&network, name)) {
            let found = network.incoming().callers(to);
            let found: Vec<(usize, String)> = found
                .iter()
                .flat_map(|(class, ports)| network.members(*class).iter().map(|it| (*it, ports.to_string())))
                .collect();
            let pods = (0..network.endpoints().len()).filter(|from| network.endpoints()[*from].workload().is_some());
            let each = pods.map(|from| (from, network.between(from, to).allowed().to_string()));
            let mut each: Vec<(usize, String)> = each.filter(|(_, ports)| ports != "nothing").collect();
            let mut found = found;
            each.sort();
            found.sort();
            assert_eq!(found, each, "{spec}");
        }
    }
}

#[test]
fn of_many_ways_to_many_workloads_so_many_are_told_and_the_rest_is_counted() {
    let mut text = service("web", "selector: {app: web}, ports: [{port: 80}]");
    for number in 0..300 {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: shop, labels: {{app: web}}}}\nspec: {{containers: \
             [{{name: c, image: i}}]}}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i{number}, namespace: \
             shop}}\nspec: {{ingressClassName: nginx, defaultBackend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n"
        );
    }
    let read = inventory(&text);
    let network = network(&read);
    let found = network.entries(&read);
    assert_eq!(found.entries.len() + found.dead_ends.len(), 50_000);
    assert!(found.left_out > 100, "{}", found.left_out);
}
