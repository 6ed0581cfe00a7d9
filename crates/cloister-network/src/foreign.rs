//! Policies of network plugins' and meshes' own kinds: seen, named, and not evaluated.

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
const FOREIGN: [(&str, &[&str], &str); 9] = [
    ("cilium.io", &["NetworkPolicy"], "Cilium"),
    ("projectcalico.org", &["NetworkPolicy"], "Calico"),
    ("crd.projectcalico.org", &["NetworkPolicy"], "Calico"),
    ("crd.antrea.io", &["NetworkPolicy"], "Antrea"),
    ("k8s.cni.cncf.io", &["MultiNetworkPolicy"], "the network plumbing group, for secondary networks"),
    ("k8s.ovn.org", &["EgressFirewall", "AdminPolicyBasedExternalRoute"], "OVN-Kubernetes"),
    ("network.openshift.io", &["EgressNetworkPolicy", "NetNamespace"], "OpenShift SDN"),
    ("kuma.io", &["MeshTrafficPermission"], "Kuma"),
    (
        "policy.linkerd.io",
        &["Server", "ServerAuthorization", "AuthorizationPolicy", "Authentication", "EgressNetwork"],
        LINKERD,
    ),
];
const LINKERD: &str = "Linkerd";
/// Linkerd's proxies refuse by this annotation of a namespace or a workload, too; with these values they do not.
const DEFAULT: &str = "config.linkerd.io/default-inbound-policy";
const OPEN: [&str; 2] = ["all-unauthenticated", "audit"];

/// Every such policy.
pub(crate) fn foreign(inventory: &Inventory) -> Vec<NotEvaluated<'_>> {
    let of = |resource: &Resource| {
        let group = resource.group();
        if default_of(resource).is_some_and(|policy| !OPEN.contains(&policy)) {
            return Some(LINKERD);
        }
        let kinds = FOREIGN.iter().find(|(theirs, ..)| *theirs == group)?;
        kinds.1.iter().any(|kind| resource.kind.ends_with(kind)).then_some(kinds.2)
    };
    let resources = inventory.resources().iter();
    resources.filter_map(|resource| Some(NotEvaluated { resource, of: of(resource)? })).collect()
}

/// What proxies of Linkerd do with requests that no policy is about: on a workload it stands at the pod.
fn default_of(resource: &Resource) -> Option<&str> {
    let own = || resource.annotation(DEFAULT);
    let of_pod = || {
        let template = resource.root.at("spec/template/metadata/annotations");
        let template = template.or_else(|| resource.root.at("spec/jobTemplate/spec/template/metadata/annotations"));
        template?.get(DEFAULT)?.as_str()
    };
    of_pod().or_else(own)
}
