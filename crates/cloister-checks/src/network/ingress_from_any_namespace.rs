//! # What it does
//! Finds ingress rules of NetworkPolicies whose `namespaceSelector` selects
//! every namespace.
//!
//! # Why it matters
//! Every team and every purpose that shares the cluster reaches the workload;
//! a `podSelector` beside it helps little, since each namespace chooses the
//! labels of its own pods.
//!
//! # What to do
//! Select the namespaces that may, by `kubernetes.io/metadata.name`, which the
//! API server sets itself. Leave `namespaceSelector` out for pods of the same namespace.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes API, `NetworkPolicyPeer`.

use cloister_inventory::Selector;
use cloister_model::{Node, Place, Severity};

use super::policies::{self, Direction};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-from-any-namespace",
    title: "network policy lets every namespace in",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) || !policies::isolates(policy, Direction::Ingress) {
            return findings.not_applicable();
        }
        let rules = policies::rules(policy, Direction::Ingress);
        for peer in rules.iter().flat_map(|rule| rule.items_at("from")) {
            if !peer.get("namespaceSelector").is_some_and(selects_all) {
                continue;
            }
            // Labels of pods narrow it, but every namespace may set them.
            let narrowed = peer.get("podSelector").is_some_and(|pods| !Selector::Labels(pods).is_everything());
            let (severity, who) =
                if narrowed { (Severity::Low, "chosen pods") } else { (Severity::Medium, "every pod") };
            findings
                .report(Place::of(policy, peer).at("namespaceSelector"))
                .severity(severity)
                .message(format!("policy \"{}\" lets {who} of every namespace in", policy.name))
                .fix("namespaceSelector:\n  matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-CLIENT}");
        }
    }),
};

/// Empty, or asking only for the name label that every namespace has.
fn selects_all(selector: &Node) -> bool {
    selector.is_map()
        && selector.entries_at("matchLabels").is_empty()
        && selector.items_at("matchExpressions").iter().all(|expression| {
            expression.str_at("key") == Some("kubernetes.io/metadata.name")
                && expression.str_at("operator") == Some("Exists")
        })
}
