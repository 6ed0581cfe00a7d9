//! Policies of network plugins' own kinds: seen, named, and not evaluated.

use cloister_inventory::Inventory;
use cloister_model::Resource;

/// A policy that takes part in what is decided, and that is not evaluated here.
#[derive(Clone, Copy, Debug)]
pub struct NotEvaluated<'a> {
    /// The policy.
    pub resource: &'a Resource,
    /// Whose kind it is.
    pub of: &'static str,
}

/// Ends of kinds that are policies, in these groups. `crd.projectcalico.org` is how Calico stores `projectcalico.org`.
const FOREIGN: [(&str, &[&str], &str); 8] = [
    ("cilium.io", &["NetworkPolicy"], "Cilium"),
    ("projectcalico.org", &["NetworkPolicy"], "Calico"),
    ("crd.projectcalico.org", &["NetworkPolicy"], "Calico"),
    ("crd.antrea.io", &["NetworkPolicy"], "Antrea"),
    ("k8s.cni.cncf.io", &["MultiNetworkPolicy"], "the network plumbing group, for secondary networks"),
    ("k8s.ovn.org", &["EgressFirewall", "AdminPolicyBasedExternalRoute"], "OVN-Kubernetes"),
    ("network.openshift.io", &["EgressNetworkPolicy", "NetNamespace"], "OpenShift SDN"),
    ("kuma.io", &["MeshTrafficPermission"], "Kuma"),
];

/// Every such policy.
pub(crate) fn foreign(inventory: &Inventory) -> Vec<NotEvaluated<'_>> {
    let of = |resource: &Resource| {
        let group = resource.group();
        let kinds = FOREIGN.iter().find(|(theirs, ..)| *theirs == group)?;
        kinds.1.iter().any(|kind| resource.kind.ends_with(kind)).then_some(kinds.2)
    };
    let resources = inventory.resources().iter();
    resources.filter_map(|resource| Some(NotEvaluated { resource, of: of(resource)? })).collect()
}
