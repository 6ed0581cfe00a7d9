//! # What it does
//! Finds stores that a load balancer, a node port, an Ingress or a route leads to from addresses of the internet, or
//! that take a port of their node (`hostPort`), where no policy stops the requests on their way.
//!
//! # Why it matters
//! The store answers to everybody: one leaked password, or one flaw in it, and all it holds is public. Where a policy
//! did stand in the way, this finding would not be here.
//!
//! # What to do
//! Take the entry away, or let only the workloads that need the store in, by a NetworkPolicy that selects its pods.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). MITRE ATT&CK T1190, "Exploit Public-Facing Application".

use cloister_inventory::Pod;
use cloister_model::{Place, Severity};

use super::reach::{self, ENTRY_KINDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-reachable-from-internet",
    title: "store can be reached from the internet",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Inventory(ENTRY_KINDS, |findings| {
        let context = findings.context();
        reach::tell_left_out(findings);
        let stores = context.inventory.pods().filter_map(|pod| Some((reach::store(context, &pod)?, pod)));
        for (name, pod) in stores {
            let reach = findings.reach();
            if reach.is_decided_elsewhere(pod.namespace()) {
                continue;
            }
            let own = reach.endpoints_of(pod.resource);
            let entries = findings.entries().entries.iter();
            let way = entries
                .filter(|entry| own.contains(&entry.workload))
                .find(|entry| entry.guard.is_public() && !entry.verdict.allowed().is_empty())
                .map(|entry| match entry.service {
                    Some(_) => format!("{} \"{}\"", entry.resource.kind, entry.resource.name),
                    None => "a port of its node".to_owned(),
                });
            if findings.examine(way.is_some())
                && let Some(way) = way
            {
                let message = format!("{name} can be reached from the internet by {way}, and no policy stops it");
                let finding = findings.report(Place::whole(pod.resource)).message(message);
                if let Some(policy) = policy(&pod) {
                    finding.fix(policy);
                }
            }
        }
    }),
};

/// A policy that lets in only who is named; nothing where the pods have no labels that can be written as they are.
fn policy(pod: &Pod<'_>) -> Option<String> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./_-".contains(&byte))
    };
    let labels: Vec<(&str, &str)> =
        pod.labels().iter().map(|entry| Some((&*entry.key, entry.node.as_str()?))).collect::<Option<_>>()?;
    let (name, namespace) = (&pod.resource.name, pod.namespace());
    let written = labels.iter().flat_map(|(key, value)| [*key, *value]).chain([&**name, namespace]).all(plain);
    if labels.is_empty() || !written {
        return None;
    }
    let labels: String = labels.iter().map(|(key, value)| format!("      {key}: \"{value}\"\n")).collect();
    Some(format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n  \
         podSelector:\n    matchLabels:\n{labels}  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector:\n            \
         matchLabels:\n              app: NAME"
    ))
}
