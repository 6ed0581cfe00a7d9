use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

use super::Flows;
use crate::network::{Network, Options};

const CLUSTER: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}
";

fn read(lines: &[&str]) -> (Flows, Vec<String>) {
    let parsed = parse(CLUSTER, &Origin::File("c.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let network = Network::new(&inventory, &Options::default());
    let all = || {
        let mut flows = Flows::of(&network);
        lines.iter().enumerate().for_each(|(number, line)| flows.line("flows", number + 1, line));
        flows
    };
    let needs = all().into_needs();
    let show = needs.all.iter().map(|need| format!("{:?} {:?} {}", need.from, need.to, need.ports)).collect();
    (all(), show)
}

#[test]
fn who_calls_from_outside_is_a_block() {
    let (flows, needs) = read(&[
        r#"{"source": "198.51.100.0/24", "destination": "shop/api", "port": 443}"#,
        r#"{"source": "2001:db8:7::/48", "destination": "shop/api[Deployment]", "port": 443}"#,
        r#"{"source": "198.51.100.0/33", "destination": "shop/api", "port": 443}"#,
    ]);
    assert_eq!((flows.used, flows.broken_count, flows.unknown_count), (2, 0, 1));
    assert!(needs[0].contains("198.51.100.0/24") && needs[1].contains("2001:db8:7::/48"), "{needs:?}");
}

#[test]
fn own_flows_name_workloads_pods_and_addresses() {
    let (flows, needs) = read(&[
        r#"{"source": "shop/api", "destination": "shop/db", "port": 5432}"#,
        r#"{"source": "shop/api-7d9c6bd5f4-x2x7k", "destination": "shop/db-0", "port": 5433, "protocol": "udp"}"#,
        r#"{"source": "shop/api[Deployment]", "destination": "203.0.113.7", "port": 443}"#,
    ]);
    assert_eq!((flows.used, flows.broken_count, flows.unknown_count), (3, 0, 0));
    assert_eq!(needs.len(), 2, "{needs:?}");
    assert!(needs[0].ends_with("TCP 5432, UDP 5433"), "{needs:?}");
    assert!(needs[1].contains("203.0.113.7/32"), "{needs:?}");
}

#[test]
fn what_is_broken_or_unknown_is_named_with_its_line() {
    let (flows, needs) = read(&[
        "{",
        r#"{"source": "shop/api", "destination": "shop/db", "port": 99999}"#,
        r#"{"source": "shop/gone", "destination": "shop/db", "port": 1}"#,
        r#"{"source": "shop/api", "destination": "shop/db", "port": 1, "protocol": "ICMP"}"#,
        "",
        r#"{"source": "shop/api", "destination": "shop/db", "port": 1}"#,
    ]);
    assert_eq!((flows.used, flows.broken_count, flows.unknown_count), (1, 3, 1));
    assert!(flows.broken[0].starts_with("flows:1: no JSON"), "{:?}", flows.broken);
    assert!(flows.unknown[0].starts_with("flows:3: shop/gone"), "{:?}", flows.unknown);
    assert_eq!(needs.len(), 1);
}

#[test]
fn hubble_counts_requests_that_were_let_through() {
    let flow = |verdict: &str, reply: &str, end: &str| {
        format!(
            r#"{{"flow": {{"verdict": "{verdict}"{reply}, "IP": {{"source": "10.0.0.1", "destination": "198.51.100.9"}},
            "l4": {{"TCP": {{"source_port": 40000, "destination_port": 5432}}}},
            "source": {{"namespace": "shop", "pod_name": "api-7d9c6bd5f4-x2x7k", "workloads": [{{"name": "api", "kind": "Deployment"}}]}},
            "destination": {end}}}}}"#
        )
        .replace('\n', " ")
    };
    let db = r#"{"namespace": "shop", "pod_name": "db-0", "labels": ["k8s:app=db"]}"#;
    let lines = [
        flow("FORWARDED", "", db),
        flow("FORWARDED", r#", "is_reply": false"#, r#"{"labels": ["reserved:world"]}"#),
        flow("FORWARDED", r#", "is_reply": true"#, db),
        flow("DROPPED", "", db),
        flow("FORWARDED", "", r#"{"namespace": "other", "pod_name": "x-0"}"#),
        r#"{"lost_events": {"source": "x"}}"#.to_owned(),
    ];
    let (flows, needs) = read(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((flows.used, flows.skipped, flows.unknown_count, flows.broken_count), (2, 3, 1, 0));
    assert!(needs.iter().any(|it| it.contains("198.51.100.9/32")), "{needs:?}");
}

#[test]
fn many_addresses_of_the_internet_are_all_of_it() {
    let line = |number: u8| format!(r#"{{"source": "198.51.100.{number}", "destination": "shop/api", "port": 80}}"#);
    let few: Vec<String> = (0..8).map(line).collect();
    let many: Vec<String> = (0..9).map(line).collect();
    let borrow = |lines: &[String]| read(&lines.iter().map(String::as_str).collect::<Vec<_>>()).1;
    assert!(borrow(&few).iter().all(|it| it.contains("/32")));
    assert!(borrow(&many).iter().all(|it| it.contains("/0")));
}
