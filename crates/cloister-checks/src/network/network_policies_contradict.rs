//! # What it does
//! Finds two policies of a cluster (ClusterNetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy) that have the
//! same tier and priority and decide otherwise about the same pods, peers and ports.
//!
//! # Why it matters
//! Which of two equal priorities is asked first is not defined: the network plugin may let through what the other policy
//! was written to stop, and change its mind with an update.
//!
//! # What to do
//! Give the one that is to win the smaller number in `priority`, or let only one of them select the pods.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes Network Policy API (KEP-2091), "priority": conflicts at one priority are not defined.

use cloister_model::{Place, Severity};

use super::reach::KINDS;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "network-policies-contradict",
    title: "two network policies contradict each other",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let kinds = ["ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"];
        if !kinds.iter().any(|kind| findings.inventory().has_kind(kind)) {
            return;
        }
        let network = &findings.reach().network;
        let policies = network.policies();
        let judged: Vec<_> = policies
            .iter()
            .enumerate()
            .filter(|(_, policy)| kinds.contains(&&*policy.resource.kind))
            .map(|(number, policy)| {
                let earlier = network.contradictions().iter().filter(|[_, later]| *later == number);
                let of = |pair: &[usize; 2]| policies.get(pair[0]).map(|it| (&it.resource.kind, &it.resource.name));
                (policy.resource, earlier.filter_map(of).collect::<Vec<_>>())
            })
            .collect();
        for (resource, earlier) in judged {
            findings.examine(!earlier.is_empty());
            for (kind, name) in earlier {
                let place = Place::whole(resource).at("spec/priority");
                findings.report(place).message(format!(
                    "policy \"{}\" has the priority of {kind} \"{name}\" and decides otherwise: which of them counts is not defined",
                    resource.name
                ));
            }
        }
    }),
};
