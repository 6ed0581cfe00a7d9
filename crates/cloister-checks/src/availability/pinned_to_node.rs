//! # What it does
//! Finds workloads that may run on one node only: `nodeName`, a `nodeSelector` for
//! a host name, or a required affinity for a single one.
//!
//! # Why it matters
//! When that node fails, the workload cannot move; `nodeName` also passes the
//! scheduler by, and with it every rule about where data may stand.
//!
//! # What to do
//! Select nodes by what they have (zone, kind of disk), not by their name.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Assigning Pods to Nodes".

use cloister_inventory::Pod;
use cloister_model::{Node, Origin, Place, Severity};

use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pinned-to-node",
    title: "workload may run on one node only",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        // The scheduler has written the node into every pod that runs.
        let runs = matches!(pod.resource.origin, Origin::Cluster(_)) || pod.resource.root.at("status/phase").is_some();
        let placed = &*pod.resource.kind == "Pod" && runs;
        if placed || is_system_pod(pod) {
            return findings.not_applicable();
        }
        if let Some((place, node)) = pinned(pod) {
            let message = format!("{} \"{}\" may run on node {node} only", pod.resource.kind, pod.resource.name);
            findings.report(place).message(message);
        }
    }),
};

fn pinned<'a>(pod: &Pod<'a>) -> Option<(Place<'a>, &'a str)> {
    if let Some(name) = pod.spec.str_at("nodeName").filter(|name| !name.is_empty()) {
        return Some((pod.at("nodeName"), name));
    }
    let selector = pod.spec.get("nodeSelector").and_then(|selector| selector.get("kubernetes.io/hostname"));
    if let Some((node, name)) = selector.and_then(|node| Some((node, node.as_str()?))) {
        return Some((pod.place(node), name));
    }
    // Terms are joined by OR: only a single one pins.
    let path = "affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    let [term] = pod.spec.items_at(path) else { return None };
    let mut expressions = term.items_at("matchExpressions").iter().chain(term.items_at("matchFields"));
    let value = expressions.find_map(single_host)?;
    Some((pod.place(value), value.as_str()?))
}

/// The one host name that an expression allows.
fn single_host(expression: &Node) -> Option<&Node> {
    let key = matches!(expression.str_at("key"), Some("kubernetes.io/hostname" | "metadata.name"));
    match expression.items_at("values") {
        [value] if key && expression.str_at("operator") == Some("In") => Some(value),
        _ => None,
    }
}
