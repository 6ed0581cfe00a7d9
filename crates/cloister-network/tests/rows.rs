//! Lists are looked up in rows; here they are held against asking for each pair by itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeMap;

use cloister_network::{AddressSet, Direction, Endpoint, Network, PortSet, Toward, Verdict};
use proptest::prelude::*;
use support::{inventory, namespace, network, pod, policy};

fn choice(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

fn peer() -> impl Strategy<Value = &'static str> {
    choice(&[
        "podSelector: {matchLabels: {app: a}}",
        "podSelector: {}, namespaceSelector: {}",
        "namespaceSelector: {matchLabels: {team: x}}",
        "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a]}]}",
        "ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}",
        "ipBlock: {cidr: 10.0.0.4/30}",
        "ipBlock: {cidr: 192.0.2.0/24}",
        "ipBlock: {cidr: 0.0.0.0/0}",
        "ipBlock: {cidr: 'fd00::/16'}",
        "ipBlock: {cidr: '::/0'}",
    ])
}

fn rule(side: &'static str) -> impl Strategy<Value = String> {
    let ports =
        choice(&["", "ports: [{port: web}]", "ports: [{port: 80, endPort: 90}]", "ports: [{port: 53, protocol: UDP}]"]);
    (prop::collection::vec(peer(), 0..3), ports).prop_map(move |(peers, ports)| {
        let peers: Vec<String> = peers.iter().map(|peer| format!("{{{peer}}}")).collect();
        let peers = if peers.is_empty() { String::new() } else { format!("{side}: [{}]", peers.join(", ")) };
        let parts: Vec<&str> = [peers.as_str(), ports].into_iter().filter(|part| !part.is_empty()).collect();
        format!("{{{}}}", parts.join(", "))
    })
}

fn policies() -> impl Strategy<Value = String> {
    let one = (
        choice(&["one", "two"]),
        choice(&["{}", "{matchLabels: {app: a}}", "{matchLabels: {app: b}}"]),
        choice(&["[Ingress]", "[Egress]", "[Ingress, Egress]"]),
        prop::collection::vec(rule("from"), 0..3),
        prop::collection::vec(rule("to"), 0..3),
    );
    let one = one.prop_map(|(namespace, pods, types, ingress, egress)| {
        let (ingress, egress) = (ingress.join(", "), egress.join(", "));
        let spec = format!("{{podSelector: {pods}, policyTypes: {types}, ingress: [{ingress}], egress: [{egress}]}}");
        (namespace, spec)
    });
    prop::collection::vec(one, 0..5).prop_map(|all| {
        let numbered = all.iter().enumerate();
        numbered.map(|(number, (namespace, spec))| policy(namespace, &format!("p{number}"), spec)).collect()
    })
}

fn pods() -> impl Strategy<Value = String> {
    let ips = prop::sample::select(vec![
        vec![],
        vec!["10.0.0.5"],
        vec!["10.1.0.5", "fd00::5"],
        vec!["172.16.0.9"],
        vec!["fd01::7"],
    ]);
    let one =
        (choice(&["one", "two"]), choice(&["app: a", "app: b", ""]), ips, choice(&["", "", "", ", hostNetwork: true"]));
    prop::collection::vec(one, 1..6).prop_map(|all| {
        let numbered = all.iter().enumerate();
        let write = numbered
            .map(|(number, (namespace, labels, ips, spec))| pod(namespace, &format!("w{number}"), labels, spec, ips));
        write.collect()
    })
}

fn cluster() -> impl Strategy<Value = String> {
    let spaces = namespace("one", "team: x") + &namespace("two", "team: y");
    (pods(), policies()).prop_map(move |(pods, policies)| spaces.clone() + &pods + &policies)
}

fn addresses<'n>(network: &'n Network<'_>, number: usize) -> Option<&'n AddressSet> {
    match network.endpoint(number)? {
        Endpoint::Outside(addresses) => Some(addresses),
        _ => None,
    }
}

fn is_pod(network: &Network<'_>, number: usize) -> bool {
    network.endpoint(number).is_some_and(|it| it.workload().is_some())
}

/// Pairs that differ and of which one is a pod.
fn pairs(network: &Network<'_>) -> Vec<(usize, usize)> {
    let all = 0..network.endpoints().len();
    let pairs = all.clone().flat_map(|from| all.clone().map(move |to| (from, to)));
    pairs.filter(|(from, to)| from != to && (is_pod(network, *from) || is_pod(network, *to))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_connection_that_may_be_open_is_listed_once(text in cluster()) {
        let read = inventory(&text);
        let network = network(&read);
        let mut listed: BTreeMap<(usize, usize), Verdict> = BTreeMap::new();
        let connections = network.connections();
        for group in &connections.groups {
            for pair in network.each(group) {
                prop_assert!(listed.insert(pair, (*group.verdict).clone()).is_none(), "{pair:?} twice");
            }
        }
        for (from, to) in pairs(&network) {
            let asked = network.between(from, to);
            let expected = (!asked.is_closed()).then_some(&asked);
            prop_assert_eq!(listed.get(&(from, to)), expected);
        }
    }

    #[test]
    fn exits_are_what_each_pod_reaches_outside(text in cluster()) {
        let read = inventory(&text);
        let network = network(&read);
        let exits = network.exits(&read).exits;
        for (from, to) in pairs(&network) {
            let Some(there) = addresses(&network, to) else { continue };
            let class = network.class_of(from).unwrap();
            let mut own = exits.iter().filter(|it| it.classes.contains(&class) && there.is_subset(&it.addresses));
            let asked = network.between(from, to);
            prop_assert_eq!(own.next().map(|it| &it.verdict), (!asked.is_closed()).then_some(&asked));
            prop_assert!(own.next().is_none());
        }
    }

    #[test]
    fn exposure_to_addresses_is_what_the_own_side_says(text in cluster()) {
        let read = inventory(&text);
        let network = network(&read);
        let exposures = network.exposure();
        let everything = PortSet::everything();
        for (from, to) in pairs(&network) {
            let (pod, there, direction) = match (addresses(&network, from), addresses(&network, to)) {
                (Some(there), None) => (to, there, Direction::Ingress),
                (None, Some(there)) => (from, there, Direction::Egress),
                _ => continue,
            };
            let class = network.class_of(pod).unwrap();
            let told = exposures.iter().find(|it| it.direction == direction && it.classes.contains(&class)).unwrap();
            let holds = |toward: &Toward| matches!(toward, Toward::Addresses(all) if there.is_subset(all));
            let open = told.open.iter().find(|it| holds(&it.toward)).map(|it| it.ports.clone()).unwrap_or_default();
            let explained = network.explain(from, to, &everything).unwrap();
            let side = if direction == Direction::Ingress { explained.ingress } else { explained.egress };
            prop_assert_eq!(open, side.verdict.allowed());
        }
    }
}
