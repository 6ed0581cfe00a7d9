//! # What it does
//! Lists the workloads that a load balancer, a node port, an Ingress or a route
//! opens to the outside, or that take a port of their node (`hostPort`, or any
//! port of a pod in the network of its node).
//!
//! # Why it matters
//! Nothing is public by default (Art. 25(2)): what stands on the internet should
//! stand there on purpose, and be known to those who answer for the data.
//!
//! # What to do
//! Where it is meant for the public, accept this finding with the reason;
//! otherwise use a Service of `type: ClusterIP` without an Ingress, and no `hostPort`.
//!
//! # References
//! GDPR Art. 25(2). MITRE ATT&CK T1190, "Exploit Public-Facing Application".

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use cloister_model::{Place, Severity};
use cloister_network::takes_port_of_node;

use super::exposures::{self, KINDS};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "workload-exposed-to-internet",
    title: "workload can be reached from outside the cluster",
    severity: Severity::Info,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let mut open = BTreeSet::new();
        let mut told = HashSet::new();
        for (_, pods, ways) in exposures::exposed(inventory) {
            let Some(way) = ways.first().filter(|_| told.insert(Rc::as_ptr(&pods))) else { continue };
            for pod in pods.iter() {
                if open.insert(pod.resource.reference()) {
                    findings.examine(true);
                    let message = format!(
                        "{} \"{}\" can be reached from outside by {}",
                        pod.resource.kind, pod.resource.name, way.phrase
                    );
                    findings.report(Place::whole(pod.resource)).message(message);
                }
            }
        }
        for pod in inventory.pods().filter(|pod| !is_system_pod(pod)) {
            if open.contains(&pod.resource.reference()) {
                continue;
            }
            if findings.examine(takes_port_of_node(&pod)) {
                let (kind, name) = (&pod.resource.kind, &pod.resource.name);
                let message = format!("{kind} \"{name}\" can be reached from outside by a port of its node");
                findings.report(Place::whole(pod.resource)).message(message);
            }
        }
    }),
};
