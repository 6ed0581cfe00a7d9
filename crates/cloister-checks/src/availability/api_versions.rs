//! API versions that Kubernetes no longer serves, up to 1.37.

/// An API version of a kind, and since which minor version of 1.x it is gone.
#[derive(Debug)]
pub(crate) struct Removed {
    /// Group and version.
    pub api_version: &'static str,
    /// Kinds; empty for all of that version.
    pub kinds: &'static [&'static str],
    /// Gone since 1.N.
    pub since: u32,
    /// What to write instead; empty when there is nothing.
    pub instead: &'static str,
}

const fn removed(
    api_version: &'static str,
    kinds: &'static [&'static str],
    since: u32,
    instead: &'static str,
) -> Removed {
    Removed { api_version, kinds, since, instead }
}

/// From the deprecation guide of Kubernetes.
pub(crate) const REMOVED: [Removed; 30] = [
    removed("extensions/v1beta1", &["Deployment", "DaemonSet", "ReplicaSet"], 16, "apps/v1"),
    removed("extensions/v1beta1", &["NetworkPolicy"], 16, "networking.k8s.io/v1"),
    removed("extensions/v1beta1", &["PodSecurityPolicy"], 16, ""),
    removed("extensions/v1beta1", &["Ingress"], 22, "networking.k8s.io/v1"),
    removed("apps/v1beta1", &[], 16, "apps/v1"),
    removed("apps/v1beta2", &[], 16, "apps/v1"),
    removed("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 22, "networking.k8s.io/v1"),
    removed("rbac.authorization.k8s.io/v1alpha1", &[], 22, "rbac.authorization.k8s.io/v1"),
    removed("rbac.authorization.k8s.io/v1beta1", &[], 22, "rbac.authorization.k8s.io/v1"),
    removed(
        "admissionregistration.k8s.io/v1beta1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        22,
        "admissionregistration.k8s.io/v1",
    ),
    removed("apiextensions.k8s.io/v1beta1", &[], 22, "apiextensions.k8s.io/v1"),
    removed("apiregistration.k8s.io/v1beta1", &[], 22, "apiregistration.k8s.io/v1"),
    removed("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 22, "certificates.k8s.io/v1"),
    removed("coordination.k8s.io/v1beta1", &["Lease"], 22, "coordination.k8s.io/v1"),
    removed("scheduling.k8s.io/v1beta1", &[], 22, "scheduling.k8s.io/v1"),
    removed(
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
        22,
        "storage.k8s.io/v1",
    ),
    removed("batch/v1beta1", &["CronJob"], 25, "batch/v1"),
    removed("discovery.k8s.io/v1beta1", &[], 25, "discovery.k8s.io/v1"),
    removed("events.k8s.io/v1beta1", &[], 25, "events.k8s.io/v1"),
    removed("autoscaling/v2beta1", &[], 25, "autoscaling/v2"),
    removed("policy/v1beta1", &["PodDisruptionBudget"], 25, "policy/v1"),
    removed("policy/v1beta1", &["PodSecurityPolicy"], 25, ""),
    removed("node.k8s.io/v1beta1", &["RuntimeClass"], 25, "node.k8s.io/v1"),
    removed("autoscaling/v2beta2", &[], 26, "autoscaling/v2"),
    removed("flowcontrol.apiserver.k8s.io/v1beta1", &[], 26, "flowcontrol.apiserver.k8s.io/v1"),
    removed("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 27, "storage.k8s.io/v1"),
    removed("flowcontrol.apiserver.k8s.io/v1beta2", &[], 29, "flowcontrol.apiserver.k8s.io/v1"),
    removed("flowcontrol.apiserver.k8s.io/v1beta3", &[], 32, "flowcontrol.apiserver.k8s.io/v1"),
    removed("autoscaling/v2alpha1", &[], 13, "autoscaling/v2"),
    removed("batch/v2alpha1", &[], 21, "batch/v1"),
];

/// The entry of a resource's version, if it is gone.
pub(crate) fn find(api_version: &str, kind: &str) -> Option<&'static Removed> {
    REMOVED
        .iter()
        .find(|entry| entry.api_version == api_version && (entry.kinds.is_empty() || entry.kinds.contains(&kind)))
}
