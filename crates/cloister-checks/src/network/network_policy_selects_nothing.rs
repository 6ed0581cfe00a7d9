//! # What it does
//! Finds NetworkPolicies whose `podSelector` selects no workload of their namespace.
//!
//! # Why it matters
//! A policy that selects nothing protects nothing, while everyone who reads it
//! believes otherwise: often a label was renamed, and the workload stands open.
//!
//! # What to do
//! Write the labels of the pod template into `podSelector`, or delete the policy.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `NetworkPolicySpec.podSelector`.

use cloister_inventory::Selector;
use cloister_model::{Place, Severity};

use super::{operated, policies};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "network-policy-selects-nothing",
    title: "network policy selects no workload",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(
        &["NetworkPolicy", "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"],
        |findings| {
            let inventory = findings.inventory();
            for policy in inventory.of_kind("NetworkPolicy").filter(|policy| policies::is_ours(policy)) {
                // A default for the whole namespace waits for what will come.
                if policies::selects_every_pod(policy) {
                    findings.examine(false);
                    continue;
                }
                let namespace = policy.namespace_or_default();
                let labels = policy.root.entries_at("spec/podSelector/matchLabels");
                if operated::may_be_made(inventory, namespace, labels) {
                    continue;
                }
                let selector = policy.root.at("spec/podSelector").map(Selector::Labels);
                let nothing =
                    selector.is_some_and(|selector| inventory.pods_selected(namespace, selector).next().is_none());
                if findings.examine(nothing) {
                    findings
                        .report(Place::whole(policy).at("spec/podSelector"))
                        .message(format!("policy \"{}\" selects no workload of namespace {namespace}", policy.name));
                }
            }
        },
    ),
};
