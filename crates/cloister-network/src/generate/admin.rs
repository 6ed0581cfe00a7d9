//! ClusterNetworkPolicies (`policy.networking.k8s.io/v1alpha2`): what no NetworkPolicy can widen or take away.
//!
//! Lower priorities are asked first: what pods are let through, then what lies outside, then nothing. A policy of a
//! cluster cannot speak of what comes from outside; NetworkPolicies stay for that.

use std::fmt::Write as _;

use super::NamespaceFile;
use super::plan::{Peer, Plan, Rule};
use super::write::{head, policy};
use super::yaml::{comment, line, namespace, of_unseen, reasons, scalar, selector};
use crate::needs::{Block, dns};
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;

/// Pods with each other.
const PODS: u16 = 100;
/// Single addresses outside.
const ADDRESSES: u16 = 200;
/// The internet, without private addresses.
const INTERNET: u16 = 300;
/// Everything else.
const REST: u16 = 400;
/// So many rules, and so many peers in one, the API takes.
const MOST: usize = 25;

/// A file for each namespace.
pub(super) fn write(plan: &Plan<'_>, network: &Network<'_>) -> Vec<NamespaceFile> {
    let file = |name: &String| {
        let mut writer = Writer { out: String::new(), plan, network };
        writer.namespace(name);
        NamespaceFile { namespace: name.clone(), text: writer.out }
    };
    plan.units.managed.iter().map(file).collect()
}

/// A rule on its way to the page.
#[derive(Clone)]
struct Line<'r> {
    direction: Direction,
    action: &'static str,
    peers: Vec<String>,
    ports: PortSet,
    why: Option<&'r Rule>,
}

struct Writer<'w, 'u> {
    out: String,
    plan: &'w Plan<'u>,
    network: &'w Network<'w>,
}

impl Writer<'_, '_> {
    fn namespace(&mut self, name: &str) {
        if self.plan.dns.contains(name) {
            let peers = self.plan.servers.iter().filter_map(|it| self.pods(it)).collect();
            let rule = Line { direction: Direction::Egress, action: "Accept", peers, ports: dns::ports(), why: None };
            self.cluster_policy(
                &format!("{name}-allow-dns"),
                PODS,
                name,
                None,
                &[rule],
                "Every workload asks for names.",
            );
        }
        for (number, unit) in self.plan.within(name) {
            let rules = |direction| self.plan.rules.get(&(number, direction)).map(Vec::as_slice).unwrap_or_default();
            let (ingress, egress) = (rules(Direction::Ingress), rules(Direction::Egress));
            let called = format!("{name}-{}", unit.name);
            let mut lines = self.of_pods(Direction::Ingress, ingress);
            lines.extend(self.of_pods(Direction::Egress, egress));
            self.cluster_policies(&called, PODS, number, &lines, &unit.called);
            self.outside(&called, number, egress, &unit.called);
            // What comes from outside.
            let outside: Vec<Rule> = ingress.iter().filter_map(only_outside).collect();
            policy(&mut self.out, number, &unit.name, [&outside, &[]], self.plan, self.network);
        }
        self.rest(name);
    }

    /// What passes between pods.
    fn of_pods<'r>(&self, direction: Direction, rules: &'r [Rule]) -> Vec<Line<'r>> {
        let mut lines = Vec::new();
        for rule in rules {
            let peers: Vec<String> = rule.peers.iter().filter_map(|(peer, _)| self.pods(peer)).collect();
            lines.extend(peers.chunks(MOST).map(|peers| Line {
                direction,
                action: "Accept",
                peers: peers.to_vec(),
                ports: rule.ports.clone(),
                why: Some(rule),
            }));
        }
        lines
    }

    /// Addresses outside. A network may hold pods, too: what passes between those is decided before.
    fn outside(&mut self, called: &str, unit: usize, egress: &[Rule], words: &str) {
        let no_pods = Line {
            direction: Direction::Egress,
            action: "Deny",
            peers: vec!["- namespaces: {}\n".to_owned()],
            ports: PortSet::everything(),
            why: None,
        };
        let accept = |is_meant: fn(&Block) -> bool| -> Vec<Line<'_>> {
            let line = |rule| {
                let cidrs: Vec<&str> = blocks(rule).filter(|it| is_meant(it)).map(|it| it.cidr.as_str()).collect();
                let peers: Vec<String> = cidrs.chunks(MOST).map(networks).collect();
                let line = Line { peers, ..no_pods.clone() };
                (!cidrs.is_empty()).then(|| Line {
                    action: "Accept",
                    ports: rule.ports.clone(),
                    why: Some(rule),
                    ..line
                })
            };
            egress.iter().filter_map(line).collect()
        };
        let single = accept(|block| block.except.is_empty());
        for (number, lines) in single.chunks(MOST - 1).enumerate() {
            let lines: Vec<Line<'_>> = [no_pods.clone()].into_iter().chain(lines.iter().cloned()).collect();
            let name = numbered(&format!("{called}-addresses"), number);
            self.of_unit(&name, ADDRESSES, unit, &lines, words);
        }
        let mut private: Vec<&str> =
            egress.iter().flat_map(blocks).flat_map(|it| &it.except).map(String::as_str).collect();
        private.sort_unstable();
        private.dedup();
        let no_private = Line { peers: private.chunks(MOST).map(networks).collect(), ..no_pods.clone() };
        for (number, lines) in accept(|block| !block.except.is_empty()).chunks(MOST - 2).enumerate() {
            let before = [no_pods.clone(), no_private.clone()];
            let lines: Vec<Line<'_>> = before.into_iter().chain(lines.iter().cloned()).collect();
            self.of_unit(&numbered(&format!("{called}-internet"), number), INTERNET, unit, &lines, words);
        }
    }

    /// Nothing else: between pods for good, and from outside unless a NetworkPolicy says so.
    fn rest(&mut self, name: &str) {
        let deny = |direction, peers: Vec<String>| Line {
            direction,
            action: "Deny",
            peers,
            ports: PortSet::everything(),
            why: None,
        };
        let pods = || "- namespaces: {}\n".to_owned();
        let everywhere = networks(&["0.0.0.0/0", "::/0"]);
        let lines = [deny(Direction::Ingress, vec![pods()]), deny(Direction::Egress, vec![pods(), everywhere])];
        self.cluster_policy(&format!("{name}-deny"), REST, name, None, &lines, "Nothing else passes.");
        let why = "What comes from outside is a NetworkPolicy's to allow: policies of the cluster cannot speak of it.";
        head(&mut self.out, "default-deny", name, why);
        selector(&mut self.out, 2, "podSelector", &[]);
        line(&mut self.out, 2, "policyTypes: [Ingress]");
    }

    fn cluster_policies(&mut self, called: &str, priority: u16, unit: usize, lines: &[Line<'_>], words: &str) {
        let (ingress, egress): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            lines.iter().partition(|line| line.direction == Direction::Ingress);
        let count = ingress.len().max(egress.len()).div_ceil(MOST);
        for number in 0..count {
            let lines: Vec<Line<'_>> = part(&ingress, number).chain(part(&egress, number)).collect();
            self.of_unit(&numbered(called, number), priority, unit, &lines, words);
        }
    }

    fn of_unit(&mut self, called: &str, priority: u16, unit: usize, lines: &[Line<'_>], words: &str) {
        let Some(namespace) = self.plan.unit(unit).map(|unit| unit.namespace.clone()) else { return };
        self.cluster_policy(called, priority, &namespace, Some(unit), lines, words);
    }

    fn cluster_policy(
        &mut self,
        called: &str,
        priority: u16,
        space: &str,
        unit: Option<usize>,
        lines: &[Line<'_>],
        words: &str,
    ) {
        let out = &mut self.out;
        line(out, 0, "---");
        comment(out, 0, words);
        line(out, 0, "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata:");
        line(out, 2, &format!("name: {}", scalar(called)));
        line(out, 0, "spec:");
        line(out, 2, &format!("tier: Admin\n  priority: {priority}\n  subject:"));
        match unit.and_then(|unit| self.plan.unit(unit)) {
            Some(unit) => {
                line(out, 4, "pods:");
                namespace(out, 6, "namespaceSelector", space);
                selector(out, 6, "podSelector", &unit.selector);
            }
            None => namespace(out, 4, "namespaces", space),
        }
        for direction in [Direction::Ingress, Direction::Egress] {
            let own: Vec<&Line<'_>> = lines.iter().filter(|line| line.direction == direction).collect();
            if !own.is_empty() {
                line(&mut self.out, 2, &format!("{}:", direction.as_str()));
                own.into_iter().for_each(|line| self.rule(line));
            }
        }
    }

    fn rule(&mut self, rule: &Line<'_>) {
        let out = &mut self.out;
        if let Some(why) = rule.why {
            reasons(out, 4, why, self.plan, self.network);
        }
        line(out, 4, &format!("- action: {}", rule.action));
        line(out, 6, if rule.direction == Direction::Ingress { "from:" } else { "to:" });
        for text in rule.peers.iter().flat_map(|peer| peer.lines()) {
            line(out, 8, text);
        }
        protocols(out, &rule.ports);
    }

    /// A peer of pods, from its first column; nothing for addresses.
    fn pods(&self, peer: &Peer) -> Option<String> {
        let (space, asked) = match peer {
            Peer::Unit(number) => {
                self.plan.unit(*number).map(|unit| (unit.namespace.as_str(), unit.selector.clone()))?
            }
            Peer::Unseen(unseen) => (unseen.namespace.as_str(), of_unseen(unseen)),
            Peer::Outside(_) => return None,
        };
        let mut out = String::new();
        if asked.is_empty() {
            namespace(&mut out, 0, "- namespaces", space);
        } else {
            line(&mut out, 0, "- pods:");
            namespace(&mut out, 4, "namespaceSelector", space);
            selector(&mut out, 4, "podSelector", &asked);
        }
        Some(out)
    }
}

fn blocks(rule: &Rule) -> impl Iterator<Item = &Block> {
    rule.peers.iter().filter_map(|(peer, _)| match peer {
        Peer::Outside(block) => Some(block),
        _ => None,
    })
}

fn only_outside(rule: &Rule) -> Option<Rule> {
    let peers: Vec<_> = rule.peers.iter().filter(|(peer, _)| matches!(peer, Peer::Outside(_))).cloned().collect();
    (!peers.is_empty()).then(|| Rule { ports: rule.ports.clone(), peers })
}

fn networks(cidrs: &[&str]) -> String {
    let mut out = "- networks:\n".to_owned();
    for cidr in cidrs {
        let _ = writeln!(out, "    - {}", scalar(cidr));
    }
    out
}

/// As many as one policy takes.
fn part<'l, 'r>(all: &'l [&Line<'r>], number: usize) -> impl Iterator<Item = Line<'r>> + use<'l, 'r> {
    all.iter().skip(number * MOST).take(MOST).map(|it| (*it).clone())
}

fn numbered(name: &str, number: usize) -> String {
    if number == 0 { name.to_owned() } else { format!("{name}-{}", number + 1) }
}

fn protocols(out: &mut String, ports: &PortSet) {
    if ports.is_everything() {
        return;
    }
    line(out, 6, "protocols:");
    for (protocol, intervals) in ports.protocols() {
        let word = protocol.as_str().to_lowercase();
        if intervals.is_everything() {
            // At least one field must stand there.
            line(out, 8, &format!("- {word}: {{destinationPort: {{range: {{start: 1, end: 65535}}}}}}"));
            continue;
        }
        for (first, last) in intervals.iter() {
            let port = if first == last {
                format!("number: {first}")
            } else {
                format!("range: {{start: {first}, end: {last}}}")
            };
            line(out, 8, &format!("- {word}: {{destinationPort: {{{port}}}}}"));
        }
    }
}
