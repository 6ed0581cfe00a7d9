//! # What it does
//! Finds workloads that no network policy selects: one policy for all of them,
//! or several together, both count. Pods on the host's network are left out,
//! since policies do not reach them.
//!
//! # Why it matters
//! Such a workload takes connections from every pod and reaches every address.
//!
//! # What to do
//! Write a policy whose `podSelector` matches the labels of the pod template,
//! better still a default for the whole namespace.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Network policies".

use std::collections::BTreeMap;

use cloister_inventory::Pod;
use cloister_model::{Place, Severity};

use super::isolation::{Home, Isolation, KINDS};
use super::policies::{Direction, on_host_network};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "workload-without-network-policy",
    title: "no network policy selects this workload",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let isolation = Isolation::of(inventory);
        let mut homes: BTreeMap<&str, Home<'_>> = BTreeMap::new();
        for pod in inventory.pods().filter(|pod| !is_system_pod(pod) && !on_host_network(pod)) {
            let home = homes.entry(pod.namespace()).or_insert_with(|| Home::of(inventory, pod.namespace()));
            let free = ![Direction::Ingress, Direction::Egress]
                .into_iter()
                .any(|direction| isolation.isolates(home, &pod, direction));
            if findings.examine(free) {
                findings
                    .report(Place::whole(pod.resource))
                    .message(format!("no network policy selects {} \"{}\"", pod.resource.kind, pod.resource.name))
                    .fix(fix(&pod));
            }
        }
    }),
};

/// A policy for exactly this workload, by the labels that its pods have.
fn fix(pod: &Pod<'_>) -> String {
    let mut labels = String::new();
    for label in pod.labels() {
        if let Some(value) = label.node.as_str() {
            labels.push_str(&format!("\n      {}: {value:?}", label.key));
        }
    }
    let labels = if labels.is_empty() { " {}".to_owned() } else { labels };
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
         metadata: {{name: {}, namespace: {}}}\n\
         spec:\n  podSelector:\n    matchLabels:{labels}\n  policyTypes: [Ingress, Egress]",
        pod.resource.name,
        pod.namespace()
    )
}
