//! # What it does
//! Finds NetworkPolicies that restrict nothing, since another one opens everything to everybody for each pod that they
//! select; and rules of a ClusterNetworkPolicy, AdminNetworkPolicy or BaselineAdminNetworkPolicy behind a rule of the
//! same policy that matches every pod.
//!
//! # Why it matters
//! What NetworkPolicies allow adds up, and of the rules of a cluster's policy the first that matches decides. Whoever
//! reads the narrow policy believes the workload protected, while it stands open.
//!
//! # What to do
//! Delete the policy that opens everything, or the one that changes nothing; put the rule for every pod last.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(1)(d). Kubernetes documentation, "Network Policies", "The two sorts of pod isolation".

use cloister_model::{Place, Severity};
use cloister_network::{Policy, Shadow};

use super::reach::KINDS;
use crate::system::is_system_resource;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "network-policy-undone",
    title: "network policy is undone by another",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        // Without policies there is nothing that could undo another.
        let kinds = ["NetworkPolicy", "ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"];
        if !kinds.iter().any(|kind| findings.inventory().has_kind(kind)) {
            return;
        }
        let network = &findings.reach().network;
        let shadows = network.shadows();
        let policies = network.policies().iter().enumerate();
        let ours = policies.filter(|(_, policy)| !is_system_resource(policy.resource));
        let judged: Vec<_> = ours
            .map(|(number, policy)| {
                let own = shadows.iter().filter(|shadow| shadow.policy == number);
                let by = |shadow: &Shadow| network.policies().get(shadow.by).map(|by| told(policy, shadow, by));
                own.filter_map(by).collect::<Vec<_>>()
            })
            .collect();
        for told in judged {
            findings.examine(!told.is_empty());
            for (place, message) in told {
                findings.report(place).message(message);
            }
        }
    }),
};

fn told<'a>(policy: &Policy<'a>, shadow: &Shadow, by: &Policy<'a>) -> (Place<'a>, String) {
    let (name, direction) = (&policy.resource.name, shadow.direction.as_str());
    let rules = policy.rules(shadow.direction).unwrap_or_default().iter();
    let mut late = rules.filter(|rule| Some(rule.number) == shadow.rule);
    match late.next() {
        Some(rule) => {
            let message = format!(
                "rule {} of policy \"{name}\" is never asked: one before it matches every pod",
                rule.number + 1
            );
            (Place::of(policy.resource, rule.node), message)
        }
        None => {
            let opener = &by.resource.name;
            let message = format!(
                "policy \"{name}\" restricts no {direction}: policy \"{opener}\" lets everything through for the same pods"
            );
            (Place::whole(policy.resource).at("spec/podSelector"), message)
        }
    }
}
