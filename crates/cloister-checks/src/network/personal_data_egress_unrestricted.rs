//! # What it does
//! Finds workloads that keep or process personal data and that reach every address of the internet on every port, as
//! all policies together decide.
//!
//! # Why it matters
//! Whoever takes the workload over sends the data wherever they like, and a transfer to a third country is one wrong
//! setting away.
//!
//! # What to do
//! Isolate its egress by a NetworkPolicy that names the destinations it needs, name resolution among them.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). MITRE ATT&CK T1041, "Exfiltration Over C2 Channel".

use std::collections::HashSet;

use cloister_model::{Place, Severity};

use super::reach::{self, KINDS};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-egress-unrestricted",
    title: "workload with personal data reaches the whole internet",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let context = findings.context();
        let pods = context.inventory.pods().filter(|pod| !is_system_pod(pod));
        let pods: Vec<_> = pods.filter(|pod| reach::holds_personal_data(context, pod.resource)).collect();
        if pods.is_empty() {
            return;
        }
        let reach = findings.reach();
        let exits = reach.network.exits(context.inventory).exits;
        let free = exits.iter().filter(|it| it.is_unrestricted());
        let free: HashSet<usize> = free.flat_map(|it| it.classes.iter().copied()).collect();
        let said: Vec<_> = pods
            .into_iter()
            .filter(|pod| !reach.is_decided_elsewhere(pod.namespace()))
            .map(|pod| {
                let own = reach.endpoints_of(pod.resource).iter();
                let is_free = own.filter_map(|it| reach.network.class_of(*it)).any(|class| free.contains(&class));
                (pod.resource, is_free)
            })
            .collect();
        for (resource, is_free) in said {
            if findings.examine(is_free) {
                let message = format!(
                    "{} \"{}\" works on personal data and reaches every address of the internet",
                    resource.kind, resource.name
                );
                findings.report(Place::whole(resource)).message(message);
            }
        }
    }),
};
