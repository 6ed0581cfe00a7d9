//! # What it does
//! Recognises the network plug-in, by the agents that run (images of pods) and by the configuration that facts of nodes
//! hold, and finds those that enforce no network policies: flannel alone, bridge, ptp, macvlan, ipvlan. One
//! program that enforces beside them (Calico as Canal, kube-router, the controller inside of k3s) is enough.
//!
//! # Why it matters
//! The API server takes every network policy. Without somebody who enforces it, it is only text, and every pod reaches every
//! store.
//!
//! # What to do
//! Change to a plug-in that enforces policies in both directions, or put one beside (Canal, kube-router,
//! kube-network-policies).
//!
//! # References
//! CIS 5.3.1. GDPR Art. 25(1), 32(1)(b). Kubernetes documentation, "Network Policies", prerequisites.

use cloister_inventory::Inventory;
use cloister_model::{Place, Severity};
use cloister_node::{Role, Unread};

use crate::{Check, Findings, Lacking, Need, Run};

/// Words in the images of programs that enforce policies.
const ENFORCERS: [&str; 16] = [
    "anetd",
    "antrea-agent",
    "antrea-ubuntu",
    "aws-network-policy-agent",
    "azure-npm",
    "calico-node",
    "calico/node",
    "cilium/cilium",
    "hardened-calico",
    "hardened-cni-plugins-canal",
    "kindnetd",
    "kube-network-policies",
    "kube-ovn",
    "kube-router",
    "ovn-kubernetes",
    "weave-npc",
];
/// Words in the images of those that do not.
const CARRIERS: [&str; 2] = ["flannel", "multus"];
/// Types of CNI plug-ins whose agent enforces policies.
const ENFORCING_TYPES: [&str; 9] = [
    "antrea",
    "azure-ipam-npm",
    "calico",
    "cilium-cni",
    "kube-ovn",
    "kube-router",
    "nsx",
    "ovn-k8s-cni-overlay",
    "weave-net",
];
/// Types of CNI plug-ins that carry packets and know no policies.
const CARRYING_TYPES: [&str; 6] = ["bridge", "flannel", "host-device", "ipvlan", "macvlan", "ptp"];

pub(crate) const CHECK: Check = Check {
    name: "network-plugin-ignores-policies",
    title: "the network plug-in enforces no network policies",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(&["DaemonSet", "Pod"], |findings| {
        let inventory = findings.inventory();
        if enforced(inventory) {
            return findings.count();
        }
        match carrier(inventory) {
            Some((name, place)) => {
                let message = format!("{name} carries the network of pods, and enforces no network policies");
                findings.report(place).message(message);
                findings.count();
            }
            None => untold(findings),
        }
    }),
};

fn untold(findings: &mut Findings<'_>) {
    let inventory = findings.inventory();
    let mut unread = inventory.node_facts().flat_map(|facts| facts.unread());
    if let Some(unread) = unread.find(|unread| unread.is(Role::NetworkPlugin)) {
        return findings.lacks(Lacking::Input(Need::NodeFacts), unread.says(), Unread::ANSWER);
    }
    let lacking = if inventory.inputs().cluster { Need::NodeFacts } else { Need::Cluster };
    findings.lacks(
        Lacking::Input(lacking),
        "nothing in the input shows a network plug-in that is known",
        "scan the cluster with its system namespaces, or add facts of a node: cloister node collect",
    );
}

/// Whether anything that enforces policies runs.
fn enforced(inventory: &Inventory) -> bool {
    let images = inventory.pods().flat_map(|pod| pod.containers()).map(|container| container.image());
    let runs = |image: &str| ENFORCERS.iter().any(|word| image.contains(word));
    let inside = inventory.node_facts().any(|facts| facts.runs(cloister_node::embedded::POLICIES));
    inside || images.into_iter().any(runs) || types(inventory).iter().any(|(kind, _)| ENFORCING_TYPES.contains(kind))
}

/// What carries packets, and where it is told.
fn carrier(inventory: &Inventory) -> Option<(String, Place<'_>)> {
    let of_files = types(inventory).into_iter().find(|(kind, _)| CARRYING_TYPES.contains(kind));
    let of_images = || {
        inventory.pods().flat_map(|pod| pod.containers()).find_map(|container| {
            let word = CARRIERS.iter().find(|word| container.image().contains(*word))?;
            Some(((*word).to_owned(), container.at("image")))
        })
    };
    of_files.map(|(kind, place)| (format!("the plug-in \"{kind}\""), place)).or_else(of_images)
}

/// The types of plug-ins in the configuration that each node uses: the runtime takes the first file by name.
fn types(inventory: &Inventory) -> Vec<(&str, Place<'_>)> {
    let mut found = Vec::new();
    for facts in inventory.node_facts() {
        let known = |path: &str| [".conf", ".conflist", ".json"].iter().any(|end| path.ends_with(end));
        let files = facts.files_of(Role::NetworkPlugin).filter(|file| known(file.path()));
        let Some(first) = files.min_by_key(|file| file.path()) else { continue };
        let Some(content) = first.content() else { continue };
        let chain = std::iter::once(content).chain(content.items_at("plugins"));
        found.extend(chain.filter_map(|plugin| Some((plugin.str_at("type")?, first.at("content")))));
    }
    found
}
