//! What users rely on of the map: each arrow is a connection that the engine allows, and none that it allows is lost.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Drawing, Graph, Options, svg};
use cloister_inventory::Inventory;
use cloister_network::{Direction, Endpoint, Network, Options as Known};
use cloister_pictures::network::{Wish, map};
use cloister_register::Register;
use support::inventory;

fn draw(inventory: &Inventory, wish: &Wish<'_>) -> Graph {
    let (register, _) = Register::from_inventory(inventory);
    map(&Network::new(inventory, &Known::default()), inventory, &register, wish)
}

fn workload(namespace: &str, name: &str, app: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n  \
         selector: {{matchLabels: {{app: {app}}}}}\n  template:\n    metadata: {{labels: {{app: {app}}}}}\n    \
         spec: {{containers: [{{name: c, image: 'x:1'}}]}}\n"
    )
}

fn policy(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: {namespace}}}\n\
         spec: {spec}\n"
    )
}

/// Clusters from numbers: some workloads, and policies that allow some labels some ports.
fn cluster(mut seed: u64) -> String {
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut text = String::new();
    for namespace in 0..1 + next(4) {
        for number in 0..1 + next(6) {
            text += &workload(&format!("n{namespace}"), &format!("w{number}"), &format!("a{}", next(4)));
        }
        for number in 0..next(4) {
            let side = if next(2) == 0 { ("ingress", "Ingress", "from") } else { ("egress", "Egress", "to") };
            let peer = match next(4) {
                0 => "{podSelector: {}}".to_owned(),
                1 => "{namespaceSelector: {}}".to_owned(),
                2 => format!("{{podSelector: {{matchLabels: {{app: a{}}}}}, namespaceSelector: {{}}}}", next(4)),
                _ => "{ipBlock: {cidr: 192.0.2.0/24}}".to_owned(),
            };
            let selector =
                if next(2) == 0 { "{}".to_owned() } else { format!("{{matchLabels: {{app: a{}}}}}", next(4)) };
            let (rules, kind, peers) = side;
            let spec = format!(
                "{{podSelector: {selector}, policyTypes: [{kind}], {rules}: [{{{peers}: [{peer}], ports: [{{port: {}}}]}}]}}",
                80 + next(3)
            );
            text += &policy(&format!("n{namespace}"), &format!("p{number}"), &spec);
        }
    }
    text
}

/// Pairs of workloads that the map shows, by name: arrows, arrows of all of a namespace, and what no policy decides.
fn shown(graph: &Graph, network: &Network<'_>) -> BTreeMap<(String, String), String> {
    let nodes: BTreeMap<&str, Vec<String>> = graph
        .nodes
        .iter()
        .map(|node| {
            let own = node.id.strip_prefix("workload/").map(|id| vec![id.to_owned()]);
            (node.id.as_str(), own.unwrap_or_else(|| node.members.clone()))
        })
        .collect();
    let mut pairs = BTreeMap::new();
    for edge in &graph.edges {
        for from in &nodes[edge.from.as_str()] {
            for to in nodes[edge.to.as_str()].iter().filter(|to| *to != from) {
                assert!(pairs.insert((from.clone(), to.clone()), edge.label.clone()).is_none(), "{from} {to} twice");
            }
        }
    }
    for group in &graph.groups {
        let Some((_, label)) = group.detail.split_once("each reaches each other: ") else { continue };
        let here = graph.nodes.iter().filter(|node| node.group.as_deref() == Some(&group.id));
        let here: Vec<&str> = here.filter_map(|node| node.id.strip_prefix("workload/")).collect();
        for from in &here {
            for to in here.iter().filter(|to| *to != from) {
                pairs.insert(((*from).to_owned(), (*to).to_owned()), label.to_owned());
            }
        }
    }
    let is_open = |number: usize, direction| network.policies_of(number, direction).next().is_none();
    let workloads = || network.endpoints().iter().enumerate().filter(|(_, it)| it.workload().is_some());
    for (from, one) in workloads().filter(|(it, _)| is_open(*it, Direction::Egress)) {
        for (_, other) in workloads().filter(|(it, _)| *it != from && is_open(*it, Direction::Ingress)) {
            pairs.insert((one.name(), other.name()), "all ports".to_owned());
        }
    }
    pairs
}

#[test]
fn every_arrow_is_allowed_and_every_connection_is_drawn_or_folded() {
    let (mut open, mut folded) = (0, 0);
    for seed in 0..400 {
        let inventory = inventory(&cluster(seed));
        let network = Network::new(&inventory, &Known::default());
        let graph = draw(&inventory, &Wish { most: 600, ..Wish::default() });
        folded += graph.nodes.iter().filter(|node| node.badge == "ALL").count();
        let shown = shown(&graph, &network);
        let numbered: Vec<(usize, &Endpoint<'_>)> =
            network.endpoints().iter().enumerate().filter(|(_, it)| it.workload().is_some()).collect();
        for (from, one) in &numbered {
            for (to, other) in numbered.iter().filter(|(to, _)| to != from) {
                let verdict = network.between(*from, *to);
                let label = shown.get(&(one.name(), other.name()));
                assert_eq!(label.is_some(), !verdict.is_closed(), "seed {seed}: {} → {}", one.name(), other.name());
                if let Some(label) = label.filter(|_| verdict.unknown().is_empty()) {
                    open += 1;
                    assert_eq!(*label, verdict.allowed().to_string(), "seed {seed}: {} → {}", one.name(), other.name());
                }
            }
        }
    }
    assert!(open > 1000 && folded > 20, "{open} connections and {folded} folds are no test");
}

#[test]
fn without_policies_one_line_says_it() {
    let text: String = (0..9).map(|number| workload("shop", &format!("w{number}"), "a")).collect();
    let graph = draw(&inventory(&text), &Wish::default());
    assert!(graph.summary.starts_with("No policies: every workload reaches every other"), "{}", graph.summary);
    assert!(graph.edges.is_empty());
}

#[test]
fn large_clusters_are_drawn_by_namespace() {
    let text: String = (0..200).map(|it| workload(&format!("n{:02}", it % 20), &format!("w{it}"), "a")).collect();
    let graph = draw(&inventory(&text), &Wish::default());
    assert!(graph.nodes.len() <= 61, "{}", graph.nodes.len());
    let drawn: BTreeSet<&String> = graph.nodes.iter().flat_map(|node| &node.members).collect();
    assert_eq!(drawn.len(), 200);
}

/// Namespaces that all let everybody in on one port.
/// So many connections that a mesh is not asked about each.
#[test]
fn a_map_that_leaves_the_mesh_out_says_so() {
    let drawn = |workloads: usize, wish: &Wish<'_>| {
        let mut text =
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: n0, labels: {istio-injection: enabled}}\n".to_owned();
        (0..workloads).for_each(|number| text += &workload("n0", &format!("w{number}"), "a"));
        draw(&inventory(&text), wish).notes.join("\n")
    };
    const SAID: &str = "What Istio's mesh closes and encrypts is not drawn";
    assert!(drawn(460, &Wish::default()).contains(SAID));
    assert!(!drawn(460, &Wish { without_mesh: true, ..Wish::default() }).contains(SAID));
    assert!(!drawn(20, &Wish::default()).contains(SAID));
}

fn let_in(namespaces: usize) -> String {
    let names = (0..namespaces).map(|number| format!("n{number:02}"));
    let one = |namespace: String| {
        let own = |number: usize| {
            let name = format!("w{number}");
            let spec = format!(
                "{{podSelector: {{matchLabels: {{app: {name}}}}}, ingress: [{{from: [{{namespaceSelector: {{}}}}], ports: \
                 [{{port: 80}}]}}]}}"
            );
            workload(&namespace, &name, &name) + &policy(&namespace, &name, &spec)
        };
        (0..4).map(own).collect::<String>()
    };
    names.map(one).collect()
}

#[test]
fn what_every_namespace_reaches_is_written_in_it() {
    let graph = draw(&inventory(&let_in(20)), &Wish::default());
    assert!(graph.edges.is_empty(), "{:?}", graph.edges.first());
    let told =
        graph.nodes.iter().filter(|node| node.badge == "NS" && node.details.iter().any(|it| it.contains("TCP 80")));
    assert_eq!(told.count(), 20);
    assert!(graph.nodes[0].details.contains(&"from every other: TCP 80".to_owned()), "{:?}", graph.nodes[0].details);
    assert!(graph.notes.iter().any(|note| note.contains("written in it")), "{:?}", graph.notes);
}

#[test]
fn too_many_arrows_are_drawn_by_namespace() {
    // Each of 40 reaches its two neighbours on ports of their own.
    let names: Vec<String> = (0..40).map(|number| format!("w{number:02}")).collect();
    let own = |(number, name): (usize, &String)| {
        let peers: Vec<String> = (1..=8)
            .map(|step| {
                format!(
                    "{{from: [{{podSelector: {{matchLabels: {{app: w{:02}}}}}}}], ports: [{{port: {}}}]}}",
                    (number + step) % 40,
                    80 + step
                )
            })
            .collect();
        let spec = format!("{{podSelector: {{matchLabels: {{app: {name}}}}}, ingress: [{}]}}", peers.join(", "));
        workload("shop", name, name) + &policy("shop", name, &spec)
    };
    let text: String = names.iter().enumerate().map(own).collect();
    let inventory = inventory(&text);
    assert_eq!(draw(&inventory, &Wish { most: 80, ..Wish::default() }).edges.len(), 320);
    assert!(draw(&inventory, &Wish::default()).edges.len() <= 240);
}

#[test]
fn what_a_block_perhaps_holds_is_one_arrow() {
    let spec = "{podSelector: {matchLabels: {app: out}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}";
    let others: String = (0..6).map(|it| workload(&format!("n{it}"), "w", "a")).collect();
    let closed = workload("closed", "w", "a") + &policy("closed", "none", "{podSelector: {}}");
    let graph = draw(
        &inventory(&(others + &closed + &workload("shop", "out", "out") + &policy("shop", "p", spec))),
        &Wish::default(),
    );
    let perhaps: Vec<_> = graph.edges.iter().filter(|edge| edge.label == "all ports?").collect();
    assert_eq!(perhaps.len(), 1, "{:?}", graph.edges);
    let end = graph.nodes.iter().find(|node| node.id == perhaps[0].to).unwrap();
    assert_eq!((end.label.as_str(), end.members.len()), ("6 workloads", 6));
}

#[test]
fn arrows_lead_to_the_right_where_nobody_reaches_back() {
    let chain = |from: &str, to: &str| {
        let peer = format!("{{podSelector: {{matchLabels: {{app: {from}}}}}}}");
        policy("shop", to, &format!("{{podSelector: {{matchLabels: {{app: {to}}}}}, ingress: [{{from: [{peer}]}}]}}"))
    };
    let none = policy("shop", "none", "{podSelector: {}}");
    let text: String = ["a", "b", "c"].iter().map(|name| workload("shop", name, name)).collect();
    let graph = draw(&inventory(&(text + &none + &chain("a", "b") + &chain("b", "c"))), &Wish::default());
    let layer = |id: &str| graph.nodes.iter().find(|node| node.id == id).unwrap().layer;
    let inner: Vec<_> = graph.edges.iter().filter(|edge| edge.to.starts_with("workload/")).collect();
    assert_eq!(inner.len(), 2);
    assert!(inner.iter().all(|edge| layer(&edge.from) < layer(&edge.to)), "{inner:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let inventory = inventory(&cluster(7));
    let picture = || svg(&Drawing::new(draw(&inventory, &Wish::default())), &Options::default());
    assert_eq!(picture(), picture());
    roxmltree::Document::parse(&picture()).unwrap();
}

#[test]
fn what_one_reaches_is_drawn_whole_and_nothing_else_is() {
    let mut open = 0;
    for seed in 0..100 {
        let inventory = inventory(&cluster(seed));
        let network = Network::new(&inventory, &Known::default());
        let numbered: Vec<(usize, String)> = network
            .endpoints()
            .iter()
            .enumerate()
            .filter(|(_, it)| it.workload().is_some())
            .map(|(at, it)| (at, it.name()))
            .collect();
        let (from, name) = &numbered[0];
        let graph = draw(&inventory, &Wish { from: Some(&[*from]), most: 600, ..Wish::default() });
        let members = |id: &str| -> Vec<String> {
            let node = graph.nodes.iter().find(|node| node.id == id).unwrap();
            node.id.strip_prefix("workload/").map_or_else(|| node.members.clone(), |id| vec![id.to_owned()])
        };
        let mut drawn: BTreeSet<String> = BTreeSet::new();
        let badge = |id: &str| graph.nodes.iter().find(|node| node.id == id).map(|node| node.badge.as_str());
        for edge in &graph.edges {
            if badge(&edge.to) != Some("O") && badge(&edge.from) != Some("IN") {
                assert!(members(&edge.from).contains(name), "seed {seed}: {edge:?}");
                drawn.extend(members(&edge.to).into_iter().filter(|to| to != name));
            }
        }
        let reached = numbered.iter().filter(|(to, _)| to != from && !network.between(*from, *to).is_closed());
        let reached: BTreeSet<String> = reached.map(|(_, name)| name.clone()).collect();
        open += reached.len();
        assert_eq!(drawn, reached, "seed {seed}");
    }
    assert!(open > 100, "{open}");
}
