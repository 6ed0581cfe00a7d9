//! Lists in a mesh ask once for callers that a destination does not tell apart; here they are held against asking for
//! each pair by itself.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use cloister_network::{Mesh, Network, Options, Verdict};
use proptest::prelude::*;
use support::{inventory, policy};

const SPACES: [(&str, &str); 4] = [
    ("one", "istio-injection: enabled"),
    ("two", "istio-injection: enabled"),
    ("three", "istio.io/dataplane-mode: ambient"),
    ("out", ""),
];

fn choice(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

fn space() -> impl Strategy<Value = &'static str> {
    choice(&["one", "two", "three", "out"])
}

fn pods() -> impl Strategy<Value = String> {
    let one =
        (space(), choice(&["app: a", "app: b"]), choice(&["", "ann", "bob"]), choice(&["", "10.0.0.5", "10.1.0.9"]));
    prop::collection::vec(one, 2..9).prop_map(|all| {
        let numbered = all.iter().enumerate();
        let write = numbered.map(|(number, (space, labels, account, address))| {
            let account = if account.is_empty() { String::new() } else { format!(", serviceAccountName: {account}") };
            let addresses: &[&str] = if address.is_empty() { &[] } else { &[address] };
            support::pod(space, &format!("w{number}"), labels, &account, addresses)
        });
        write.collect()
    })
}

fn rule() -> impl Strategy<Value = &'static str> {
    choice(&[
        "{}",
        "{from: [{source: {namespaces: [one]}}]}",
        "{from: [{source: {namespaces: ['t*']}}]}",
        "{from: [{source: {namespaces: ['*']}}]}",
        "{from: [{source: {notNamespaces: [two]}}]}",
        "{from: [{source: {principals: [cluster.local/ns/one/sa/ann]}}], to: [{operation: {ports: ['80']}}]}",
        "{from: [{source: {principals: ['*/sa/bob']}}]}",
        "{from: [{source: {principals: ['*']}}]}",
        "{from: [{source: {notPrincipals: [cluster.local/ns/three/sa/default]}}]}",
        "{from: [{source: {serviceAccounts: [ann, two/bob]}}]}",
        "{from: [{source: {trustDomains: [cluster.local]}}], to: [{operation: {methods: [GET]}}]}",
        "{from: [{source: {ipBlocks: [10.0.0.0/16]}}]}",
        "{from: [{source: {namespaces: [one]}}, {source: {namespaces: [out]}}], when: [{key: source.ip, notValues: [10.1.0.9]}]}",
        "{when: [{key: source.namespace, values: [two, three]}]}",
        "{when: [{key: source.principal, notValues: ['cluster.local/ns/one/*']}], to: [{operation: {notPorts: ['80']}}]}",
    ])
}

fn security() -> impl Strategy<Value = String> {
    let selector = || choice(&["", "selector: {matchLabels: {app: a}}, "]);
    let authorization = (
        choice(&["one", "two", "three", "istio-system"]),
        selector(),
        choice(&["ALLOW", "DENY"]),
        prop::collection::vec(rule(), 0..3),
    );
    let authorization = prop::collection::vec(authorization, 0..4).prop_map(|all| {
        let numbered = all.iter().enumerate();
        let write = numbered.map(|(number, (space, selector, action, rules))| {
            format!(
                "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: a{number}, namespace: {space}}}\n\
                 spec: {{{selector}action: {action}, rules: [{}]}}\n",
                rules.join(", ")
            )
        });
        write.collect::<String>()
    });
    let peers = (choice(&["one", "two", "istio-system"]), choice(&["STRICT", "DISABLE", "PERMISSIVE"])).prop_map(|(space, mode)| {
        format!(
            "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: p, namespace: {space}}}\n\
             spec: {{mtls: {{mode: {mode}}}}}\n"
        )
    });
    (authorization, prop::option::of(peers)).prop_map(|(all, peers)| all + &peers.unwrap_or_default())
}

/// What makes a destination tell everybody apart: a rule of callers, and a waypoint.
fn ways() -> impl Strategy<Value = String> {
    let service = |space: &str, labels: &str| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: {space}{labels}}}\n\
             spec: {{selector: {{app: a}}, ports: [{{port: 80}}]}}\n"
        )
    };
    let subsets = ["", ", subsets: [{name: v, labels: {app: a}, trafficPolicy: {tls: {mode: DISABLE}}}]"];
    let rule = (
        choice(&["one", "two", "istio-system"]),
        choice(&["DISABLE", "ISTIO_MUTUAL", "SIMPLE"]),
        prop::sample::select(subsets.to_vec()),
    );
    let rule = rule.prop_map(move |(space, mode, subsets)| {
        format!(
            "{}---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: r, namespace: {space}}}\n\
             spec: {{host: s.two.svc.cluster.local, trafficPolicy: {{tls: {{mode: {mode}}}}}{subsets}}}\n---\napiVersion: \
             networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: v, namespace: two}}\nspec: {{hosts: [s], http: \
             [{{route: [{{destination: {{host: s, subset: v}}}}]}}]}}\n",
            service("two", "")
        )
    });
    let waypoint = choice(&["one", "three"]).prop_map(move |allowed| {
        format!(
            "{}---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: way, namespace: three}}\n\
             spec: {{gatewayClassName: istio-waypoint}}\n---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n\
             metadata: {{name: w, namespace: three}}\nspec: {{targetRefs: [{{kind: Gateway, group: gateway.networking.k8s.io, \
             name: way}}], rules: [{{from: [{{source: {{namespaces: [{allowed}]}}}}]}}]}}\n",
            service("three", ", labels: {istio.io/use-waypoint: way}")
        )
    });
    (prop::option::of(rule), prop::option::of(waypoint))
        .prop_map(|(rule, waypoint)| rule.unwrap_or_default() + &waypoint.unwrap_or_default())
}

fn policies() -> impl Strategy<Value = String> {
    let spec = choice(&[
        "{podSelector: {}, policyTypes: [Ingress]}",
        "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}",
        "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: b}}}]}]}",
        "{podSelector: {matchLabels: {app: b}}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}",
    ]);
    prop::collection::vec((space(), spec), 0..3).prop_map(|all| {
        let numbered = all.iter().enumerate();
        numbered.map(|(number, (space, spec))| policy(space, &format!("n{number}"), spec)).collect()
    })
}

fn cluster() -> impl Strategy<Value = String> {
    let spaces: String = SPACES.iter().map(|(name, labels)| support::namespace(name, labels)).collect();
    (pods(), security(), ways(), policies()).prop_map(move |(pods, security, ways, policies)| {
        [spaces.as_str(), &pods, &security, &ways, &policies].concat()
    })
}

fn is_pod(network: &Network<'_>, number: usize) -> bool {
    network.endpoint(number).is_some_and(|it| it.workload().is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_connection_that_the_mesh_leaves_is_listed_once(text in cluster()) {
        let read = inventory(&text);
        let network = Network::new(&read, &Options { mesh: true, ..Options::default() });
        let Some(mesh) = Mesh::of(&network, &read) else { return Ok(()) };
        let mut listed: BTreeMap<(usize, usize), Verdict> = BTreeMap::new();
        for group in &mesh.connections().groups {
            for pair in network.each(group) {
                prop_assert!(listed.insert(pair, (*group.verdict).clone()).is_none(), "{pair:?} twice");
            }
        }
        let all = 0..network.endpoints().len();
        for (from, to) in all.clone().flat_map(|from| all.clone().map(move |to| (from, to))) {
            if from != to && (is_pod(&network, from) || is_pod(&network, to)) {
                let asked = mesh.verdict(from, to);
                prop_assert_eq!(listed.get(&(from, to)), (!asked.is_closed()).then_some(&asked), "{} {}", from, to);
            }
        }
    }
}
