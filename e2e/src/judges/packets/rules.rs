//! The compiler of the judge: from objects to nftables rules, pod by pod, as plainly as it can be done. It shares no code
//! with the engine: it knows the API's documentation, and writes one line for each peer and port.
//!
//! ```text
//! forward ─► answers pass
//!         ─► from pod N ─► egress-N ─► egress-N-network ─► egress-N-baseline
//!         ─► to pod N   ─► ingress-N ─► …                       return = this side lets it through
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use anyhow::{Context, Result};

use super::objects::{Block, Labels, NetworkSpec, NumberOrName, NumberOrRange, Object, OldPort, Pods, Port, Rule};
use super::objects::{Peer, Selector, TierProtocol, TierRule, TierSpec, Transport};

const WAYS: [Way; 2] = [Way::Egress, Way::Ingress];
const FAMILIES: [&str; 2] = ["ip", "ip6"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Ingress,
    Egress,
}

struct Pod {
    namespace: String,
    labels: Labels,
    addresses: Vec<IpAddr>,
    /// Name, protocol in small letters, number.
    ports: Vec<(String, String, u16)>,
}

/// Part of a rule, for packets of one family.
type Match = (&'static str, String);

/// Everything that the rules depend on.
#[derive(Default)]
struct Cluster {
    namespaces: Vec<(String, Labels)>,
    pods: Vec<Pod>,
    network: Vec<(String, NetworkSpec)>,
    admin: Vec<TierSpec>,
    baseline: Vec<TierSpec>,
}

/// Writes the rules of these objects, which replace all that were there. Connections of other zones are not known, so
/// that none outlives the rules that let it through.
///
/// # Errors
/// An object has none of the forms that are known.
pub fn rules(objects: &str, zone: usize) -> Result<String> {
    let cluster = Cluster::read(serde_json::from_str(objects).context("the objects cannot be read")?);
    let mut text = String::from("table inet cloister {}\ndelete table inet cloister\ntable inet cloister {\n");
    let zone = zone % 60_000 + 1;
    let _ = writeln!(text, "chain zone {{\ntype filter hook prerouting priority raw;\nct zone set {zone}\n}}");
    text.push_str("chain refuse {\nreject with icmpx admin-prohibited\n}\n");
    for (number, pod) in cluster.pods.iter().enumerate() {
        for way in WAYS {
            cluster.write_chains(pod, number, way, &mut text);
        }
    }
    // Answers pass. What follows an association in SCTP is not played here, and a kernel need not know its states.
    text.push_str("chain forward {\ntype filter hook forward priority filter;\n");
    text.push_str("meta l4proto != sctp ct state established,related accept\nsctp chunk init-ack exists accept\n");
    for way in WAYS {
        for (number, pod) in cluster.pods.iter().enumerate() {
            for address in &pod.addresses {
                let own = if way == Way::Egress { "saddr" } else { "daddr" };
                let _ = writeln!(text, "{} {own} {address} jump {}-{number}", family(*address), way.name());
            }
        }
    }
    text.push_str("}\n}\n");
    Ok(text)
}

impl Way {
    fn name(self) -> &'static str {
        if self == Way::Ingress { "ingress" } else { "egress" }
    }

    /// The field of the packet that holds the peer.
    fn peer(self) -> &'static str {
        if self == Way::Ingress { "saddr" } else { "daddr" }
    }
}

fn family(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "ip" } else { "ip6" }
}

impl Cluster {
    fn read(objects: Vec<Object>) -> Cluster {
        let mut cluster = Cluster::default();
        for object in objects {
            match object {
                Object::Namespace { metadata } => {
                    let mut labels = metadata.labels;
                    labels.insert("kubernetes.io/metadata.name".into(), metadata.name.clone());
                    cluster.namespaces.push((metadata.name, labels));
                }
                Object::Pod { metadata, spec, status } => {
                    let ports = spec.containers.into_iter().flat_map(|it| it.ports);
                    cluster.pods.push(Pod {
                        namespace: metadata.namespace,
                        labels: metadata.labels,
                        addresses: status.ips.into_iter().map(|it| it.ip).collect(),
                        ports: ports.map(|it| (it.name, it.protocol.to_lowercase(), it.container_port)).collect(),
                    });
                }
                Object::NetworkPolicy { metadata, spec } => cluster.network.push((metadata.namespace, spec)),
                Object::ClusterNetworkPolicy { spec } if spec.tier == "Admin" => cluster.admin.push(spec),
                Object::AdminNetworkPolicy { spec } => cluster.admin.push(spec),
                Object::ClusterNetworkPolicy { spec } | Object::BaselineAdminNetworkPolicy { spec } => {
                    cluster.baseline.push(spec);
                }
            }
        }
        cluster.admin.sort_by_key(|spec| spec.priority);
        cluster.baseline.sort_by_key(|spec| spec.priority);
        cluster
    }

    fn write_chains(&self, pod: &Pod, number: usize, way: Way, text: &mut String) {
        let name = format!("{}-{number}", way.name());
        let _ = writeln!(text, "chain {name} {{");
        self.write_tier(&self.admin, pod, way, &format!("goto {name}-network"), text);
        let _ = writeln!(text, "goto {name}-network\n}}\nchain {name}-network {{");
        let mut isolated = false;
        for (namespace, spec) in &self.network {
            if *namespace == pod.namespace && is_about(spec, way) && spec.pod_selector.selects(&pod.labels) {
                isolated = true;
                let rules = if way == Way::Ingress { &spec.ingress } else { &spec.egress };
                rules.iter().for_each(|rule| self.write_rule(rule, namespace, pod, way, text));
            }
        }
        let _ = writeln!(text, "goto {}\n}}", if isolated { "refuse".into() } else { format!("{name}-baseline") });
        let _ = writeln!(text, "chain {name}-baseline {{");
        // What passes the last tier is let through.
        self.write_tier(&self.baseline, pod, way, "return", text);
        text.push_str("}\n");
    }

    fn write_rule(&self, rule: &Rule, namespace: &str, pod: &Pod, way: Way, text: &mut String) {
        let peers: Vec<Match> = match rule.from.as_slice() {
            [] => everybody(),
            peers => peers.iter().flat_map(|peer| self.network_peer(peer, namespace, way)).collect(),
        };
        let ports: Vec<Match> = match rule.ports.as_slice() {
            [] => everything(),
            ports => ports.iter().flat_map(|port| self.network_port(port, pod, way)).collect(),
        };
        write_lines(&peers, &ports, "return", text);
    }

    fn write_tier(&self, policies: &[TierSpec], pod: &Pod, way: Way, pass: &str, text: &mut String) {
        for spec in policies.iter().filter(|spec| self.is_of(&spec.subject, pod)) {
            let rules = if way == Way::Ingress { &spec.ingress } else { &spec.egress };
            rules.iter().for_each(|rule| self.write_tier_rule(rule, pod, way, pass, text));
        }
    }

    fn write_tier_rule(&self, rule: &TierRule, pod: &Pod, way: Way, pass: &str, text: &mut String) {
        let unknown = |peer: &Pods| peer.namespaces.is_none() && peer.pods.is_none() && peer.networks.is_none();
        let accepts = rule.action == "Accept" || rule.action == "Allow";
        if rule.from.iter().any(unknown) {
            // It fails closed: such a rule accepts nothing, and otherwise denies all.
            if !accepts {
                text.push_str("goto refuse\n");
            }
            return;
        }
        let verdict = match rule.action.as_str() {
            "Deny" => "goto refuse",
            "Pass" => pass,
            _ => "return",
        };
        let peers: Vec<Match> = rule.from.iter().flat_map(|peer| self.tier_peer(peer, way)).collect();
        let ports = match (&rule.protocols, &rule.ports) {
            (Some(list), _) => list.iter().flat_map(|it| self.tier_protocol(it, pod, way)).collect(),
            (None, Some(list)) => list.iter().flat_map(|it| self.old_port(it, pod, way)).collect(),
            (None, None) => everything(),
        };
        write_lines(&peers, &ports, verdict, text);
    }

    /// Addresses of the pods of which this holds.
    fn pods(&self, way: Way, holds: impl Fn(&Pod) -> bool) -> Vec<Match> {
        let chosen: Vec<&Pod> = self.pods.iter().filter(|pod| holds(pod)).collect();
        let sets = FAMILIES.map(|of| {
            let own = chosen.iter().flat_map(|pod| &pod.addresses).filter(|it| family(**it) == of);
            (of, own.map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "))
        });
        let filled = sets.into_iter().filter(|(_, set)| !set.is_empty());
        filled.map(|(of, set)| (of, format!("{of} {} {{ {set} }}", way.peer()))).collect()
    }

    fn namespace_is(&self, name: &str, selector: &Selector) -> bool {
        self.namespaces.iter().any(|(own, labels)| own == name && selector.selects(labels))
    }

    fn is_of(&self, it: &Pods, pod: &Pod) -> bool {
        match (&it.namespaces, &it.pods) {
            (Some(selector), _) => self.namespace_is(&pod.namespace, selector),
            (None, Some(both)) => {
                self.namespace_is(&pod.namespace, &both.namespace_selector) && both.pod_selector.selects(&pod.labels)
            }
            (None, None) => false,
        }
    }

    fn network_peer(&self, peer: &Peer, namespace: &str, way: Way) -> Vec<Match> {
        if let Some(at) = &peer.ip_block {
            return vec![block(at, way)];
        }
        self.pods(way, |pod| {
            let in_namespace = match &peer.namespace_selector {
                Some(selector) => self.namespace_is(&pod.namespace, selector),
                None => pod.namespace == namespace,
            };
            in_namespace && peer.pod_selector.as_ref().is_none_or(|selector| selector.selects(&pod.labels))
        })
    }

    fn tier_peer(&self, peer: &Pods, way: Way) -> Vec<Match> {
        let cidr = |cidr: &String| block(&Block { cidr: cidr.clone(), except: Vec::new() }, way);
        match &peer.networks {
            Some(networks) => networks.iter().map(cidr).collect(),
            None => self.pods(way, |pod| self.is_of(peer, pod)),
        }
    }

    fn network_port(&self, port: &Port, pod: &Pod, way: Way) -> Vec<Match> {
        let protocol = port.protocol.to_lowercase();
        match &port.port {
            None => both(format!("meta l4proto {protocol}")),
            Some(NumberOrName::Number(first)) => range(&protocol, *first, port.end_port.unwrap_or(*first)),
            Some(NumberOrName::Name(name)) => self.named(name, Some(&protocol), pod, way),
        }
    }

    fn tier_protocol(&self, it: &TierProtocol, pod: &Pod, way: Way) -> Vec<Match> {
        match it {
            TierProtocol::Tcp(of) => transport("tcp", of),
            TierProtocol::Udp(of) => transport("udp", of),
            TierProtocol::Sctp(of) => transport("sctp", of),
            TierProtocol::DestinationNamedPort(name) => self.named(name, None, pod, way),
        }
    }

    fn old_port(&self, it: &OldPort, pod: &Pod, way: Way) -> Vec<Match> {
        match it {
            OldPort::PortNumber { protocol, port } => range(&protocol.to_lowercase(), *port, *port),
            OldPort::PortRange { protocol, start, end } => range(&protocol.to_lowercase(), *start, *end),
            OldPort::NamedPort(name) => self.named(name, None, pod, way),
        }
    }

    /// A name is that of a port of the destination: of this pod, or of each peer its own.
    fn named(&self, name: &str, protocol: Option<&str>, pod: &Pod, way: Way) -> Vec<Match> {
        let of = |pod: &Pod| {
            let own = pod.ports.iter().filter(|it| it.0 == name && protocol.is_none_or(|protocol| protocol == it.1));
            own.map(|(_, protocol, number)| format!("{protocol} dport {number}")).collect::<Vec<_>>()
        };
        if way == Way::Ingress {
            return of(pod).into_iter().flat_map(both).collect();
        }
        let each = self.pods.iter().flat_map(|pod| pod.addresses.iter().map(move |at| (pod, *at)));
        each.flat_map(|(pod, at)| {
            let of_family = family(at);
            of(pod).into_iter().map(move |port| (of_family, format!("{of_family} daddr {at} {port}")))
        })
        .collect()
    }
}

/// Which ways a policy is about: what it says, or else ingress, and egress when it has rules for it.
fn is_about(spec: &NetworkSpec, way: Way) -> bool {
    let says = |word: &str| spec.policy_types.iter().any(|it| it == word);
    match (spec.policy_types.is_empty(), way) {
        (true, Way::Ingress) => true,
        (true, Way::Egress) => !spec.egress.is_empty(),
        (false, Way::Ingress) => says("Ingress"),
        (false, Way::Egress) => says("Egress"),
    }
}

fn block(at: &Block, way: Way) -> Match {
    let (of, field) = (if at.cidr.contains(':') { "ip6" } else { "ip" }, way.peer());
    let except: String = at.except.iter().map(|except| format!(" {of} {field} != {except}")).collect();
    (of, format!("{of} {field} {}{except}", at.cidr))
}

fn transport(protocol: &str, of: &Transport) -> Vec<Match> {
    match &of.destination_port {
        None => both(format!("meta l4proto {protocol}")),
        Some(NumberOrRange::Number(number)) => range(protocol, *number, *number),
        Some(NumberOrRange::Range { start, end }) => range(protocol, *start, *end),
    }
}

fn range(protocol: &str, first: u16, last: u16) -> Vec<Match> {
    both(if first == last { format!("{protocol} dport {first}") } else { format!("{protocol} dport {first}-{last}") })
}

fn both(text: String) -> Vec<Match> {
    FAMILIES.map(|of| (of, text.clone())).to_vec()
}

fn everybody() -> Vec<Match> {
    vec![("ip", "meta nfproto ipv4".into()), ("ip6", "meta nfproto ipv6".into())]
}

fn everything() -> Vec<Match> {
    both(String::new())
}

/// A line for each peer and port of one family.
fn write_lines(peers: &[Match], ports: &[Match], verdict: &str, text: &mut String) {
    for (of, peer) in peers {
        for (_, port) in ports.iter().filter(|(family, _)| family == of) {
            let _ = writeln!(text, "{peer} {port} {verdict}");
        }
    }
}
