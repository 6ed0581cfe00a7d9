//! Clusters that a seed makes: namespaces, pods, and policies of every kind that use every feature.

use serde_json::{Value, json};

use crate::judges::Dice;

/// What may be unknown in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Nothing: every answer must be exact.
    Known,
    /// Some pods have no address yet.
    NoAddresses,
    /// Some pods are on their node's network.
    HostNetwork,
    /// Some policies share their priority.
    EqualPriorities,
}

impl Sort {
    pub const ALL: [Sort; 4] = [Sort::Known, Sort::NoAddresses, Sort::HostNetwork, Sort::EqualPriorities];

    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Known => "everything is known",
            Sort::NoAddresses => "pods without an address yet",
            Sort::HostNetwork => "pods on their node's network",
            Sort::EqualPriorities => "policies of one priority",
        }
    }
}

const NAMESPACES: [&str; 4] = ["red", "green", "blue", "bare"];
/// Edges of what policies name.
pub const PORTS: [u16; 8] = [1, 79, 80, 443, 8080, 8090, 9000, 65535];
const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
const NAMES: [&str; 3] = ["web", "db", "dns"];
/// Blocks around the pods' own addresses, and outside.
const BLOCKS: [&str; 10] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/30",
    "10.0.1.0/24",
    "203.0.113.0/24",
    "203.0.113.128/25",
    "::/0",
    "fd00::/16",
    "fd00::/126",
    "2001:db8::/32",
];
/// Addresses outside, near the blocks' edges.
pub const OUTSIDE: [&str; 9] = [
    "9.255.255.255",
    "10.200.0.1",
    "203.0.113.1",
    "203.0.113.127",
    "203.0.113.128",
    "203.0.114.0",
    "2001:db8::9",
    "2001:db9::1",
    "fd00:1::1",
];

/// A cluster as objects of the API.
pub fn cluster(dice: &mut Dice, sort: Sort) -> Vec<Value> {
    let mut objects = Vec::new();
    let namespaces = 2 + dice.below(3);
    for name in NAMESPACES.iter().take(namespaces) {
        // The label of its name is the API server's own; that of "bare" has no other.
        let labels = if *name == "bare" { json!({}) } else { labels(dice, &["team", "tier"]) };
        objects
            .push(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } }));
    }
    let names: Vec<&str> = NAMESPACES.iter().take(namespaces).copied().collect();
    for number in 0..(3 + dice.below(5)) {
        let namespace = pick_name(dice, &names);
        objects.push(pod(dice, sort, number, namespace));
    }
    for number in 0..dice.below(6) {
        let namespace = pick_name(dice, &names);
        objects.push(network_policy(dice, number, namespace));
    }
    let older = dice.chance(40);
    let mut priorities: Vec<usize> = (0..12).map(|it| it * 7).collect();
    for number in 0..dice.below(4) {
        let at = dice.below(priorities.len());
        let priority = if sort == Sort::EqualPriorities { 5 } else { priorities.remove(at) };
        let admin = dice.chance(60);
        objects.push(if older && admin {
            admin_policy(dice, &format!("anp-{number}"), Some(priority))
        } else {
            cluster_policy(dice, number, if admin { "Admin" } else { "Baseline" }, priority)
        });
    }
    if older && dice.chance(50) {
        objects.push(admin_policy(dice, "default", None));
    }
    objects
}

fn pick_name<'n>(dice: &mut Dice, names: &[&'n str]) -> &'n str {
    names.get(dice.below(names.len())).copied().unwrap_or("red")
}

fn labels(dice: &mut Dice, keys: &[&str]) -> Value {
    let mut labels = json!({});
    for key in keys {
        if dice.chance(70) {
            labels[*key] = json!(dice.pick(&["a", "b"]));
        }
    }
    labels
}

fn pod(dice: &mut Dice, sort: Sort, number: usize, namespace: &str) -> Value {
    let mut ports = Vec::new();
    for name in NAMES {
        if dice.chance(45) {
            let mut port = json!({ "name": name, "containerPort": dice.pick(&PORTS) });
            if dice.chance(60) {
                port["protocol"] = json!(dice.pick(&PROTOCOLS));
            }
            ports.push(port);
        }
    }
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": format!("pod-{number}"), "namespace": namespace, "labels": labels(dice, &["app", "tier"]) },
        "spec": { "containers": [{ "name": "c", "image": "i", "ports": ports }] },
    });
    let (v4, v6) = (format!("10.0.{}.{}", dice.below(2), number + 1), format!("fd00::{:x}", number + 1));
    let ips: Vec<Value> = match dice.below(4) {
        0 | 1 => vec![json!({ "ip": v4 })],
        2 => vec![json!({ "ip": v6 })],
        _ => vec![json!({ "ip": v4 }), json!({ "ip": v6 })],
    };
    if !(sort == Sort::NoAddresses && dice.chance(50)) {
        pod["status"] = json!({ "phase": "Running", "podIP": ips[0]["ip"], "podIPs": ips });
    }
    if sort == Sort::HostNetwork && dice.chance(35) {
        pod["spec"]["hostNetwork"] = json!(true);
    }
    pod
}

/// A selector of any form: empty, by labels, by expressions.
fn selector(dice: &mut Dice, keys: &[&str]) -> Value {
    let mut selector = json!({});
    let key = dice.pick(&keys.iter().map(|key| Some(*key)).collect::<Vec<_>>()).unwrap_or("app");
    match dice.below(8) {
        0 | 1 => {}
        2 | 3 => selector["matchLabels"] = json!({ key: dice.pick(&["a", "b"]) }),
        4 => selector["matchLabels"] = labels(dice, keys),
        5 => {
            let operator = dice.pick(&["Exists", "DoesNotExist"]);
            selector["matchExpressions"] = json!([{ "key": key, "operator": operator }]);
        }
        _ => {
            let operator = dice.pick(&["In", "NotIn"]);
            let values = if dice.chance(70) { json!([dice.pick(&["a", "b"])]) } else { json!(["a", "b"]) };
            selector["matchExpressions"] = json!([{ "key": key, "operator": operator, "values": values }]);
        }
    }
    selector
}

fn pods_selector(dice: &mut Dice) -> Value {
    selector(dice, &["app", "tier"])
}

fn namespaces_selector(dice: &mut Dice) -> Value {
    if dice.chance(15) {
        return json!({ "matchLabels": { "kubernetes.io/metadata.name": dice.pick(&NAMESPACES) } });
    }
    selector(dice, &["team", "tier"])
}

fn network_policy(dice: &mut Dice, number: usize, namespace: &str) -> Value {
    let mut spec = json!({});
    if dice.chance(85) {
        spec["podSelector"] = pods_selector(dice);
    }
    for (field, peers) in [("ingress", "from"), ("egress", "to")] {
        match dice.below(5) {
            0 => {}
            1 => spec[field] = json!([]),
            more => {
                let rules: Vec<Value> = (1..more).map(|_| network_rule(dice, peers)).collect();
                spec[field] = json!(rules);
            }
        }
    }
    match dice.below(6) {
        0 => spec["policyTypes"] = json!(["Ingress"]),
        1 => spec["policyTypes"] = json!(["Egress"]),
        2 => spec["policyTypes"] = json!(["Ingress", "Egress"]),
        3 => spec["policyTypes"] = json!([]),
        _ => {}
    }
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": { "name": format!("np-{number}"), "namespace": namespace },
        "spec": spec,
    })
}

fn network_rule(dice: &mut Dice, field: &str) -> Value {
    let mut rule = json!({});
    match dice.below(6) {
        0 => {}
        1 => rule[field] = json!([]),
        more => rule[field] = json!((0..(more / 2)).map(|_| network_peer(dice)).collect::<Vec<_>>()),
    }
    match dice.below(5) {
        0 | 1 => {}
        2 => rule["ports"] = json!([]),
        more => rule["ports"] = json!((2..more).map(|_| network_port(dice)).collect::<Vec<_>>()),
    }
    rule
}

fn network_peer(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!({ "podSelector": pods_selector(dice) }),
        1 => json!({ "namespaceSelector": namespaces_selector(dice) }),
        2 => json!({ "podSelector": pods_selector(dice), "namespaceSelector": namespaces_selector(dice) }),
        _ => {
            let mut block = json!({ "cidr": dice.pick(&BLOCKS) });
            let except = match block["cidr"].as_str().unwrap_or_default() {
                "0.0.0.0/0" => vec!["10.0.0.0/8", "203.0.113.0/24"],
                "10.0.0.0/8" => vec!["10.0.0.0/30", "10.0.1.0/24"],
                "203.0.113.0/24" => vec!["203.0.113.128/25"],
                "::/0" => vec!["fd00::/126", "2001:db8::/32"],
                _ => vec![],
            };
            if !except.is_empty() && dice.chance(50) {
                block["except"] = json!(dice.some(&except, 60));
            }
            json!({ "ipBlock": block })
        }
    }
}

fn network_port(dice: &mut Dice) -> Value {
    let mut port = json!({});
    if dice.chance(70) {
        port["protocol"] = json!(dice.pick(&PROTOCOLS));
    }
    match dice.below(4) {
        0 => {}
        1 => port["port"] = json!(dice.pick(&NAMES)),
        2 => port["port"] = json!(dice.pick(&PORTS)),
        _ => {
            let (one, other) = (dice.pick(&PORTS), dice.pick(&PORTS));
            port["port"] = json!(one.min(other));
            port["endPort"] = json!(one.max(other));
        }
    }
    port
}

fn subject(dice: &mut Dice) -> Value {
    if dice.chance(50) {
        json!({ "namespaces": namespaces_selector(dice) })
    } else {
        json!({ "pods": { "namespaceSelector": namespaces_selector(dice), "podSelector": pods_selector(dice) } })
    }
}

fn cluster_policy(dice: &mut Dice, number: usize, tier: &str, priority: usize) -> Value {
    let rules = |dice: &mut Dice, field: &str| {
        let rules: Vec<Value> = (0..dice.below(4)).map(|_| tiered_rule(dice, field, "Accept", true)).collect();
        rules
    };
    let (ingress, egress) = (rules(dice, "from"), rules(dice, "to"));
    json!({
        "apiVersion": "policy.networking.k8s.io/v1alpha2",
        "kind": "ClusterNetworkPolicy",
        "metadata": { "name": format!("cnp-{number}") },
        "spec": { "tier": tier, "priority": priority, "subject": subject(dice), "ingress": ingress, "egress": egress },
    })
}

fn admin_policy(dice: &mut Dice, name: &str, priority: Option<usize>) -> Value {
    let rules = |dice: &mut Dice, field: &str| {
        let rules: Vec<Value> = (0..dice.below(4)).map(|_| tiered_rule(dice, field, "Allow", false)).collect();
        rules
    };
    let (ingress, egress) = (rules(dice, "from"), rules(dice, "to"));
    let mut spec = json!({ "subject": subject(dice), "ingress": ingress, "egress": egress });
    let kind = match priority {
        Some(priority) => {
            spec["priority"] = json!(priority);
            "AdminNetworkPolicy"
        }
        None => "BaselineAdminNetworkPolicy",
    };
    json!({
        "apiVersion": "policy.networking.k8s.io/v1alpha1",
        "kind": kind,
        "metadata": { "name": name },
        "spec": spec,
    })
}

fn tiered_rule(dice: &mut Dice, field: &str, accept: &str, newer: bool) -> Value {
    let action = dice.pick(&[accept, "Deny", "Pass"]);
    let peers: Vec<Value> = (0..(1 + dice.below(2))).map(|_| tiered_peer(dice, field == "to")).collect();
    let mut rule = json!({ "action": action, field: peers });
    if dice.chance(55) {
        let ports: Vec<Value> = (0..(1 + dice.below(2))).map(|_| tiered_port(dice, newer)).collect();
        rule[if newer { "protocols" } else { "ports" }] = json!(ports);
    }
    rule
}

fn tiered_peer(dice: &mut Dice, egress: bool) -> Value {
    if dice.chance(3) {
        return json!({ "ofTheFuture": { "name": "x" } });
    }
    if egress && dice.chance(35) {
        return json!({ "networks": dice.some(&BLOCKS, 25).into_iter().chain([dice.pick(&BLOCKS)]).collect::<Vec<_>>() });
    }
    subject(dice)
}

fn tiered_port(dice: &mut Dice, newer: bool) -> Value {
    let (one, other) = (dice.pick(&PORTS), dice.pick(&PORTS));
    let (first, last) = (one.min(other), one.max(other));
    let protocol = dice.pick(&PROTOCOLS);
    match (newer, dice.below(4)) {
        (true, 0) => json!({ "destinationNamedPort": dice.pick(&NAMES) }),
        (true, 1) => json!({ protocol.to_lowercase(): { "destinationPort": { "number": one } } }),
        (true, 2) => json!({ protocol.to_lowercase(): {} }),
        (true, _) => {
            json!({ protocol.to_lowercase(): { "destinationPort": { "range": { "start": first, "end": last } } } })
        }
        (false, 0) => json!({ "namedPort": dice.pick(&NAMES) }),
        (false, 1) => json!({ "portNumber": { "port": one } }),
        (false, 2) => json!({ "portNumber": { "port": one, "protocol": protocol } }),
        (false, _) => json!({ "portRange": { "start": first, "end": last, "protocol": protocol } }),
    }
}
