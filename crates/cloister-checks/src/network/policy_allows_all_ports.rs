//! # What it does
//! Finds rules of NetworkPolicies that open every port: `ports` absent or empty,
//! an entry without a number, or a range that holds them all.
//!
//! # Why it matters
//! Beside the port that the peers need stand metrics, debuggers and
//! administration, which often ask for no password.
//!
//! # What to do
//! List the ports that the peers use, with their protocol.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `NetworkPolicyPort`.

use cloister_model::{Node, Place, Severity};

use super::policies;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "policy-allows-all-ports",
    title: "network policy opens every port",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) || policies::all_rules(policy).next().is_none() {
            return findings.not_applicable();
        }
        for (direction, rule) in policies::all_rules(policy) {
            let message = format!("policy \"{}\" opens every port to its {} peers", policy.name, direction.field());
            let ports = rule.items_at("ports");
            let place = Place::of(policy, rule);
            let place = match ports.iter().find(|entry| is_every_port(entry)) {
                Some(entry) => Place::of(policy, entry),
                None if ports.is_empty() => place.at("ports"),
                None => continue,
            };
            findings.report(place).message(message).fix("ports:\n  - {protocol: TCP, port: 5432}");
        }
    }),
};

/// A protocol without a port, or a range over all of them.
fn is_every_port(entry: &Node) -> bool {
    match entry.get("port") {
        None => true,
        Some(port) => port.as_int().is_some_and(|first| first <= 1) && entry.int_at("endPort") == Some(65535),
    }
}
