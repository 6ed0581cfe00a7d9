//! # What it does
//! Finds egress rules of NetworkPolicies that name no destination: an absent or
//! empty `to` lets the workload reach every pod and every address.
//!
//! # Why it matters
//! Whoever takes such a workload over sends personal data wherever they like,
//! to third countries too, and no rule stands in the way.
//!
//! # What to do
//! Name the destinations in `to`: pods by selector, services outside the
//! cluster by `ipBlock`. For name resolution, select the cluster's DNS.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes API, `NetworkPolicyEgressRule`.

use cloister_model::{Node, Severity};

use super::policies::{self, Direction};
use crate::{Check, Run};

const DNS_FIX: &str = "to:\n  - namespaceSelector:\n      matchLabels: {kubernetes.io/metadata.name: kube-system}\n    \
                       podSelector:\n      matchLabels: {k8s-app: kube-dns}";
const FIX: &str = "to:\n  - podSelector:\n      matchLabels: {app: NAME-OF-SERVER}";

pub(crate) const CHECK: Check = Check {
    name: "egress-to-anywhere",
    title: "network policy lets traffic out to anywhere",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) || !policies::isolates(policy, Direction::Egress) {
            return findings.not_applicable();
        }
        for rule in policies::rules(policy, Direction::Egress) {
            if policies::peers(rule, Direction::Egress).is_some() {
                continue;
            }
            let (severity, which, fix) = if rule.items_at("ports").is_empty() {
                (Severity::High, "on every port", FIX)
            } else if only_dns(rule) {
                (Severity::Low, "for name resolution", DNS_FIX)
            } else {
                (Severity::Medium, "on the ports it names", FIX)
            };
            findings
                .report(policies::peers_place(policy, rule, Direction::Egress))
                .severity(severity)
                .message(format!("policy \"{}\" lets traffic out to everywhere {which}", policy.name))
                .fix(fix);
        }
    }),
};

/// Any server may answer a question for a name, and carry data out in it: worth
/// saying, but much less than an open door.
fn only_dns(rule: &Node) -> bool {
    rule.items_at("ports").iter().all(|port| {
        let number = port.int_at("port");
        matches!(number, Some(53 | 853 | 5353 | 8053)) && port.int_at("endPort").is_none_or(|end| Some(end) == number)
            || port.str_at("port").is_some_and(|name| name.starts_with("dns"))
    })
}
