//! # What it does
//! Finds ingress rules of NetworkPolicies that name no source: an absent or
//! empty `from` lets every pod of the cluster and every address in.
//!
//! # Why it matters
//! A policy that isolates a workload and then opens it to everyone protects
//! nothing; access by default is what Art. 25(2) forbids.
//!
//! # What to do
//! Name the workloads that need access in `from`, by `podSelector` and, across
//! namespaces, by `namespaceSelector`. For a public entry point, name the
//! ingress controller instead of everyone.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes API, `NetworkPolicyIngressRule`.

use cloister_model::Severity;

use super::policies::{self, Direction};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-from-anywhere",
    title: "network policy lets traffic in from anywhere",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) || !policies::isolates(policy, Direction::Ingress) {
            return findings.not_applicable();
        }
        for rule in policies::rules(policy, Direction::Ingress) {
            if policies::peers(rule, Direction::Ingress).is_some() {
                continue;
            }
            let all_ports = rule.items_at("ports").is_empty();
            let which = if all_ports { "on every port" } else { "on the ports it names" };
            findings
                .report(policies::peers_place(policy, rule, Direction::Ingress))
                .severity(if all_ports { Severity::High } else { Severity::Medium })
                .message(format!("policy \"{}\" lets everyone in {which}", policy.name))
                .fix("from:\n  - podSelector:\n      matchLabels: {app: NAME-OF-CLIENT}");
        }
    }),
};
