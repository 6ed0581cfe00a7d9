//! Kinds: which are namespaced, and which name means which group.

use cloister_model::Resource;

/// Whether a kind lives in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Lives in a namespace; without one written, in `default`.
    Namespaced,
    /// One for the whole cluster.
    Cluster,
}

/// Kinds without a namespace, of Kubernetes and of the extensions that Cloister reads.
const CLUSTER_WIDE: [&str; 39] = [
    "APIService",
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterCIDR",
    "ClusterImagePolicy",
    "ClusterIssuer",
    "ClusterNetworkPolicy",
    "ClusterPolicy",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterSecretStore",
    "ClusterTrustBundle",
    "ComponentStatus",
    "Config",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "GlobalNetworkPolicy",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeSnapshotClass",
];

/// Groups whose documents are configuration of people and programs, not objects of an API.
const CONFIGURATION: [&str; 5] =
    ["audit.k8s.io", "apiserver.config.k8s.io", "kubelet.config.k8s.io", "kubeadm.k8s.io", "cloister.dev"];

/// The scope of a resource's kind. Unknown kinds are taken as namespaced when
/// they name a namespace, as cluster-wide otherwise.
pub fn scope_of(resource: &Resource) -> Scope {
    if CLUSTER_WIDE.binary_search(&&*resource.kind).is_ok() || CONFIGURATION.contains(&resource.group()) {
        return Scope::Cluster;
    }
    if resource.namespace.is_some() || is_builtin(resource.group()) { Scope::Namespaced } else { Scope::Cluster }
}

/// Whether `resource` is of kind `name`: `Ingress` means Kubernetes' own groups,
/// `Gateway.networking.istio.io` the group that it names.
pub fn matches_kind(resource: &Resource, name: &str) -> bool {
    match name.split_once('.') {
        None => &*resource.kind == name && is_builtin(resource.group()),
        Some((kind, group)) => &*resource.kind == kind && resource.group() == group,
    }
}

/// Kubernetes' own groups: the core, those without a dot (`apps`), and `*.k8s.io`.
fn is_builtin(group: &str) -> bool {
    !group.contains('.') || group.ends_with(".k8s.io")
}

#[cfg(test)]
mod tests {
    use super::CLUSTER_WIDE;

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(CLUSTER_WIDE.is_sorted());
    }
}
