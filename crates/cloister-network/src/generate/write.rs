//! NetworkPolicies: nothing passes by default, and then what each workload needs.

use super::NamespaceFile;
use super::plan::{Peer, Plan, Rule};
use super::yaml::{comment, line, namespace, of_unseen, reasons, scalar, selector};
use crate::needs::dns;
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;

/// A file for each namespace.
pub(super) fn write(plan: &Plan<'_>, network: &Network<'_>) -> Vec<NamespaceFile> {
    let file = |name: &String| {
        let mut out = String::new();
        head(&mut out, "default-deny", name, "Nothing passes unless a policy below allows it.");
        selector(&mut out, 2, "podSelector", &[]);
        line(&mut out, 2, "policyTypes: [Ingress, Egress]");
        if plan.dns.contains(name) {
            allow_dns(&mut out, name, plan);
        }
        for (number, unit) in plan.within(name) {
            let rules = |direction| plan.rules.get(&(number, direction)).map(Vec::as_slice).unwrap_or_default();
            policy(&mut out, number, &unit.name, [rules(Direction::Ingress), rules(Direction::Egress)], plan, network);
        }
        NamespaceFile { namespace: name.clone(), text: out }
    };
    plan.units.managed.iter().map(file).collect()
}

/// The head of a NetworkPolicy, up to its spec.
pub(super) fn head(out: &mut String, name: &str, namespace: &str, why: &str) {
    line(out, 0, "---");
    comment(out, 0, why);
    line(out, 0, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:");
    line(out, 2, &format!("name: {}", scalar(name)));
    line(out, 2, &format!("namespace: {}", scalar(namespace)));
    line(out, 0, "spec:");
}

/// The policy of one unit, if there is something to allow.
pub(super) fn policy(
    out: &mut String,
    number: usize,
    name: &str,
    rules: [&[Rule]; 2],
    plan: &Plan<'_>,
    network: &Network<'_>,
) {
    let Some(unit) = plan.unit(number).filter(|_| rules.iter().any(|it| !it.is_empty())) else { return };
    head(out, name, &unit.namespace, &unit.called);
    selector(out, 2, "podSelector", &unit.selector);
    let words = [("ingress", "Ingress", "from"), ("egress", "Egress", "to")];
    let both = words.into_iter().zip(rules).filter(|(_, rules)| !rules.is_empty());
    let types: Vec<&str> = both.clone().map(|((_, kind, _), _)| kind).collect();
    line(out, 2, &format!("policyTypes: [{}]", types.join(", ")));
    for ((field, _, side), rules) in both {
        line(out, 2, &format!("{field}:"));
        for rule in rules {
            reasons(out, 4, rule, plan, network);
            line(out, 4, &format!("- {side}:"));
            rule.peers.iter().for_each(|(it, _)| peer(out, it, &unit.namespace, plan));
            ports(out, &rule.ports);
        }
    }
}

fn peer(out: &mut String, peer: &Peer, own: &str, plan: &Plan<'_>) {
    let (space, pods) = match peer {
        Peer::Unit(number) => {
            let Some(unit) = plan.unit(*number) else { return };
            (unit.namespace.as_str(), unit.selector.clone())
        }
        Peer::Unseen(unseen) => (unseen.namespace.as_str(), of_unseen(unseen)),
        Peer::Outside(block) => {
            line(out, 8, "- ipBlock:");
            line(out, 12, &format!("cidr: {}", scalar(&block.cidr)));
            if !block.except.is_empty() {
                line(out, 12, "except:");
                block.except.iter().for_each(|it| line(out, 14, &format!("- {}", scalar(it))));
            }
            return;
        }
    };
    match (space == own, pods.is_empty()) {
        (true, _) => selector(out, 8, "- podSelector", &pods),
        (false, true) => namespace(out, 8, "- namespaceSelector", space),
        (false, false) => {
            namespace(out, 8, "- namespaceSelector", space);
            selector(out, 10, "podSelector", &pods);
        }
    }
}

/// Ports of a rule; none are written where all are meant.
fn ports(out: &mut String, ports: &PortSet) {
    if ports.is_everything() {
        return;
    }
    line(out, 6, "ports:");
    for (protocol, intervals) in ports.protocols() {
        if intervals.is_everything() {
            line(out, 8, &format!("- protocol: {}", protocol.as_str()));
            continue;
        }
        for (first, last) in intervals.iter() {
            line(out, 8, &format!("- protocol: {}", protocol.as_str()));
            line(out, 10, &format!("port: {first}"));
            if last > first {
                line(out, 10, &format!("endPort: {last}"));
            }
        }
    }
}

fn allow_dns(out: &mut String, name: &str, plan: &Plan<'_>) {
    head(out, "allow-dns", name, "Every workload here asks for names.");
    selector(out, 2, "podSelector", &[]);
    line(out, 2, "policyTypes: [Egress]");
    line(out, 2, "egress:");
    line(out, 4, "- to:");
    plan.servers.iter().for_each(|it| peer(out, it, name, plan));
    ports(out, &dns::ports());
}
