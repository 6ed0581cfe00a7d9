//! The API's documentation, word by word: one pod, one peer, one port at a time. Shares no code with the engine.

use std::net::IpAddr;

use serde_json::Value;

/// What the documentation leaves to the network plugin, decided one way.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Pods on their node's network are pods to NetworkPolicies; otherwise they are the node.
    pub host_pods_are_pods: bool,
    /// The peer on its node's network is on the pod's own node.
    pub same_node: bool,
    /// Policies of one priority are asked in the order of their names, or the other way round.
    pub backwards: bool,
}

/// A pod.
#[derive(Debug, Clone)]
pub struct Pod {
    pub namespace: String,
    pub name: String,
    pub labels: Value,
    pub host_network: bool,
    /// Its addresses; where it has none yet, one is thought of.
    pub addresses: Vec<IpAddr>,
    pub ports: Vec<(String, String, u16)>,
}

/// One end.
#[derive(Debug, Clone, Copy)]
pub enum End<'w> {
    Pod(&'w Pod),
    Outside,
}

/// A packet.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'w> {
    pub from: End<'w>,
    pub to: End<'w>,
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: &'w str,
    pub port: u16,
}

/// The objects of a cluster.
pub struct World {
    pub pods: Vec<Pod>,
    namespaces: Vec<(String, Value)>,
    network: Vec<Value>,
    admin: Vec<Value>,
    baseline: Vec<Value>,
    /// Some pods have addresses that were only thought of.
    thought: bool,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// One end's question: its pod, the other end with its address, and the direction as the API calls it.
#[derive(Clone, Copy)]
struct Side<'s> {
    pod: &'s Pod,
    peer: End<'s>,
    at: IpAddr,
    way: &'s str,
}

impl World {
    pub fn of(objects: &[Value]) -> World {
        let kind = |wanted: &'static str| objects.iter().filter(move |it| it["kind"] == wanted);
        let namespaces = kind("Namespace").map(|it| {
            let mut labels = it["metadata"]["labels"].clone();
            labels["kubernetes.io/metadata.name"] = it["metadata"]["name"].clone();
            (text(&it["metadata"]["name"]), labels)
        });
        let cluster = |tier: &'static str| kind("ClusterNetworkPolicy").filter(move |it| it["spec"]["tier"] == tier);
        let mut admin: Vec<Value> = cluster("Admin").chain(kind("AdminNetworkPolicy")).cloned().collect();
        admin.sort_by_key(|it| (it["spec"]["priority"].as_u64(), text(&it["metadata"]["name"])));
        let mut baseline: Vec<Value> = cluster("Baseline").cloned().collect();
        baseline.sort_by_key(|it| (it["spec"]["priority"].as_u64(), text(&it["metadata"]["name"])));
        baseline.extend(kind("BaselineAdminNetworkPolicy").cloned());
        World {
            pods: kind("Pod").map(pod).collect(),
            namespaces: namespaces.collect(),
            network: kind("NetworkPolicy").cloned().collect(),
            admin,
            baseline,
            thought: false,
        }
    }

    /// The same with addresses that were thought of.
    pub fn with_pods(&self, pods: Vec<Pod>) -> World {
        World {
            pods,
            namespaces: self.namespaces.clone(),
            network: self.network.clone(),
            admin: self.admin.clone(),
            baseline: self.baseline.clone(),
            thought: true,
        }
    }

    /// Whether some addresses were only thought of.
    pub fn is_thought(&self) -> bool {
        self.thought
    }

    fn namespace_labels(&self, name: &str) -> &Value {
        self.namespaces.iter().find(|(it, _)| it == name).map_or(&Value::Null, |(_, labels)| labels)
    }

    /// Whether a packet arrives.
    pub fn arrives(&self, packet: Packet<'_>, reading: Reading) -> bool {
        self.leaves(packet, reading) && self.enters(packet, reading)
    }

    fn leaves(&self, packet: Packet<'_>, reading: Reading) -> bool {
        let End::Pod(pod) = packet.from else { return true };
        self.decide(Side { pod, peer: packet.to, at: packet.destination, way: "egress" }, packet, reading)
    }

    fn enters(&self, packet: Packet<'_>, reading: Reading) -> bool {
        let End::Pod(pod) = packet.to else { return true };
        self.decide(Side { pod, peer: packet.from, at: packet.source, way: "ingress" }, packet, reading)
    }

    fn decide(&self, side: Side<'_>, packet: Packet<'_>, reading: Reading) -> bool {
        let Side { pod, peer, at, way } = side;
        match self.tier(&self.admin, side, packet, reading) {
            Some(Said::Accept) => return true,
            Some(Said::Deny) => return false,
            Some(Said::Pass) | None => {}
        }
        let is_subject = !pod.host_network || reading.host_pods_are_pods;
        let selecting: Vec<&Value> = self
            .network
            .iter()
            .filter(|policy| is_subject && policy["metadata"]["namespace"] == pod.namespace.as_str())
            .filter(|policy| selects(&policy["spec"]["podSelector"], &pod.labels))
            .filter(|policy| types(policy).contains(&way))
            .collect();
        if !selecting.is_empty() {
            let from_node = matches!(peer, End::Pod(peer) if peer.host_network && !reading.host_pods_are_pods);
            if way == "ingress" && from_node && reading.same_node {
                return true;
            }
            return selecting.iter().any(|policy| {
                list(&policy["spec"][way]).iter().any(|rule| {
                    let peers = list(&rule[if way == "ingress" { "from" } else { "to" }]);
                    let ports = list(&rule["ports"]);
                    let from = &policy["metadata"]["namespace"];
                    (peers.is_empty() || peers.iter().any(|it| self.network_peer(it, from, peer, at, reading)))
                        && (ports.is_empty() || ports.iter().any(|port| network_port(port, packet)))
                })
            });
        }
        self.tier(&self.baseline, side, packet, reading) != Some(Said::Deny)
    }

    fn network_peer(&self, it: &Value, own: &Value, peer: End<'_>, at: IpAddr, reading: Reading) -> bool {
        if let Some(block) = it.get("ipBlock") {
            let except = list(&block["except"]).iter().any(|except| in_cidr(at, &text(except)));
            return in_cidr(at, &text(&block["cidr"])) && !except;
        }
        let End::Pod(pod) = peer else { return false };
        if pod.host_network && !reading.host_pods_are_pods {
            return false;
        }
        let namespace = match it.get("namespaceSelector") {
            Some(selector) => selects(selector, self.namespace_labels(&pod.namespace)),
            None => *own == pod.namespace.as_str(),
        };
        namespace && it.get("podSelector").is_none_or(|selector| selects(selector, &pod.labels))
    }

    fn tier(&self, policies: &[Value], side: Side<'_>, packet: Packet<'_>, reading: Reading) -> Option<Said> {
        let Side { pod, peer, at, way } = side;
        if pod.host_network {
            return None;
        }
        let mut ordered: Vec<&Value> = policies.iter().collect();
        if reading.backwards {
            ordered.reverse();
            ordered.sort_by_key(|policy| policy["spec"]["priority"].as_u64().unwrap_or(u64::MAX));
        }
        for policy in ordered {
            if !self.cluster_pods(&policy["spec"]["subject"], pod) {
                continue;
            }
            for rule in list(&policy["spec"][way]) {
                let peers = list(&rule[if way == "ingress" { "from" } else { "to" }]);
                let known = ["namespaces", "pods", "networks"];
                let closed = peers.iter().any(|peer| !known.iter().any(|field| peer.get(field).is_some()));
                if closed {
                    // "Treat the rule as matching no traffic", or as one that denies all.
                    if rule["action"] == "Accept" || rule["action"] == "Allow" {
                        continue;
                    }
                    return Some(Said::Deny);
                }
                let matches_peer = peers.iter().any(|it| match (it.get("networks"), peer) {
                    (Some(networks), _) => list(networks).iter().any(|cidr| in_cidr(at, &text(cidr))),
                    (None, End::Pod(other)) => !other.host_network && self.cluster_pods(it, other),
                    (None, End::Outside) => false,
                });
                if matches_peer && tiered_ports(rule, packet) {
                    return Some(match rule["action"].as_str() {
                        Some("Deny") => Said::Deny,
                        Some("Pass") => Said::Pass,
                        _ => Said::Accept,
                    });
                }
            }
        }
        None
    }

    fn cluster_pods(&self, it: &Value, pod: &Pod) -> bool {
        let labels = self.namespace_labels(&pod.namespace);
        match (it.get("namespaces"), it.get("pods")) {
            (Some(namespaces), _) => selects(namespaces, labels),
            (_, Some(pods)) => {
                selects(&pods["namespaceSelector"], labels) && selects(&pods["podSelector"], &pod.labels)
            }
            _ => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Accept,
    Deny,
    Pass,
}

fn pod(it: &Value) -> Pod {
    let ports = list(&it["spec"]["containers"][0]["ports"]).iter().map(|port| {
        let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
        let number = port["containerPort"].as_u64().and_then(|number| u16::try_from(number).ok());
        (text(&port["name"]), protocol, number.unwrap_or_default())
    });
    Pod {
        namespace: text(&it["metadata"]["namespace"]),
        name: text(&it["metadata"]["name"]),
        labels: it["metadata"]["labels"].clone(),
        host_network: it["spec"]["hostNetwork"] == true,
        addresses: list(&it["status"]["podIPs"]).iter().filter_map(|ip| text(&ip["ip"]).parse().ok()).collect(),
        ports: ports.collect(),
    }
}

/// Which ways a policy is about.
fn types(policy: &Value) -> Vec<&'static str> {
    let written = list(&policy["spec"]["policyTypes"]);
    if !written.is_empty() {
        let has = |word: &str| written.iter().any(|it| it == word);
        return [("Ingress", "ingress"), ("Egress", "egress")].iter().filter(|it| has(it.0)).map(|it| it.1).collect();
    }
    if list(&policy["spec"]["egress"]).is_empty() { vec!["ingress"] } else { vec!["ingress", "egress"] }
}

fn selects(selector: &Value, labels: &Value) -> bool {
    let value = |key: &str| labels.get(key).and_then(Value::as_str);
    let equal = selector["matchLabels"]
        .as_object()
        .is_none_or(|wanted| wanted.iter().all(|(key, wanted)| value(key).is_some() && value(key) == wanted.as_str()));
    equal
        && list(&selector["matchExpressions"]).iter().all(|expression| {
            let found = value(expression["key"].as_str().unwrap_or_default());
            let among = list(&expression["values"]).iter().any(|it| found.is_some() && it.as_str() == found);
            match expression["operator"].as_str() {
                Some("In") => among,
                Some("NotIn") => !among,
                Some("Exists") => found.is_some(),
                Some("DoesNotExist") => found.is_none(),
                _ => false,
            }
        })
}

/// Bit by bit.
fn in_cidr(address: IpAddr, cidr: &str) -> bool {
    let Some((network, length)) = cidr.split_once('/') else { return false };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<usize>()) else { return false };
    let bytes = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let (own, network) = (bytes(address), bytes(network));
    let bit = |bytes: &[u8], at: usize| bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1);
    own.len() == network.len() && (0..length).all(|at| bit(&own, at) == bit(&network, at))
}

fn has_name(packet: Packet<'_>, name: &str, protocol: Option<&str>) -> bool {
    let End::Pod(pod) = packet.to else { return false };
    pod.ports.iter().any(|(own, of, number)| {
        own == name && of == packet.protocol && *number == packet.port && protocol.is_none_or(|it| it == of)
    })
}

fn network_port(port: &Value, packet: Packet<'_>) -> bool {
    let protocol = port["protocol"].as_str().unwrap_or("TCP");
    if protocol != packet.protocol {
        return false;
    }
    match &port["port"] {
        Value::Null => true,
        Value::String(name) => has_name(packet, name, Some(protocol)),
        number => {
            let first = number.as_u64().unwrap_or_default();
            let last = port["endPort"].as_u64().unwrap_or(first);
            (first..=last).contains(&u64::from(packet.port))
        }
    }
}

fn tiered_ports(rule: &Value, packet: Packet<'_>) -> bool {
    let number = u64::from(packet.port);
    if let Some(protocols) = rule.get("protocols") {
        return list(protocols).iter().any(|it| {
            if let Some(name) = it["destinationNamedPort"].as_str() {
                return has_name(packet, name, None);
            }
            let Some(of) = it.get(packet.protocol.to_lowercase()) else { return false };
            let port = &of["destinationPort"];
            match (port["number"].as_u64(), port["range"]["start"].as_u64(), port["range"]["end"].as_u64()) {
                (Some(one), ..) => one == number,
                (None, Some(start), Some(end)) => (start..=end).contains(&number),
                _ => true,
            }
        });
    }
    let Some(ports) = rule.get("ports") else { return true };
    list(ports).iter().any(|it| {
        if let Some(name) = it["namedPort"].as_str() {
            return has_name(packet, name, None);
        }
        let is = |of: &Value| of["protocol"].as_str().unwrap_or("TCP") == packet.protocol;
        let (one, range) = (&it["portNumber"], &it["portRange"]);
        (one["port"].as_u64() == Some(number) && is(one))
            || (range["start"].as_u64().is_some_and(|start| start <= number)
                && range["end"].as_u64().is_some_and(|end| number <= end)
                && is(range))
    })
}
