//! What a cluster brings along itself, and its users do not answer for.

use cloister_inventory::Pod;
use cloister_model::Resource;

/// Namespaces that Kubernetes or its distribution makes and fills.
const SYSTEM: [&str; 12] = [
    "aks-command",
    "calico-apiserver",
    "calico-system",
    "cattle-system",
    "cilium-secrets",
    "fleet-system",
    "kube-flannel",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "local-path-storage",
    "tigera-operator",
];

/// How the namespaces of larger distributions begin.
const SYSTEM_PREFIXES: [&str; 4] = ["openshift-", "gke-managed-", "gmp-", "cattle-fleet-"];

/// Whether a namespace belongs to the cluster itself.
pub(crate) fn is_system_namespace(name: &str) -> bool {
    SYSTEM.contains(&name) || SYSTEM_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a workload belongs to the cluster itself.
pub(crate) fn is_system_pod(pod: &Pod<'_>) -> bool {
    is_system_namespace(pod.namespace())
}

/// Whether a namespaced resource belongs to the cluster itself.
pub(crate) fn is_system_resource(resource: &Resource) -> bool {
    is_system_namespace(resource.namespace_or_default())
}
