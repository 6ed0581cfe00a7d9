//! # What it does
//! Finds resources written in an API version that Kubernetes no longer serves, up
//! to version 1.37.
//!
//! # Why it matters
//! The API server refuses them: after an upgrade the workload, or the policy that
//! protects it, cannot be deployed or restored any more.
//!
//! # What to do
//! Rewrite the resource for the version named; some fields have changed.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Deprecated API Migration Guide".

use cloister_model::{Place, Resource, Severity};

use crate::{Check, Run};

/// `apiVersion`, the kinds (all where empty), the minor version that dropped
/// it, and what to write instead.
type Removed = (&'static str, &'static [&'static str], u32, &'static str);

const REMOVED: [Removed; 41] = [
    ("extensions/v1beta1", &["DaemonSet", "Deployment", "ReplicaSet"], 16, "apps/v1"),
    ("extensions/v1beta1", &["NetworkPolicy"], 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", &["PodSecurityPolicy"], 16, "the Pod Security labels of the namespace"),
    ("extensions/v1beta1", &["Ingress"], 22, "networking.k8s.io/v1"),
    ("apps/v1beta1", &[], 16, "apps/v1"),
    ("apps/v1beta2", &[], 16, "apps/v1"),
    (
        "admissionregistration.k8s.io/v1beta1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        22,
        "admissionregistration.k8s.io/v1",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
        34,
        "admissionregistration.k8s.io/v1",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
        32,
        "admissionregistration.k8s.io/v1",
    ),
    ("apiextensions.k8s.io/v1beta1", &[], 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", &[], 22, "apiregistration.k8s.io/v1"),
    ("authentication.k8s.io/v1alpha1", &[], 32, "authentication.k8s.io/v1"),
    ("authentication.k8s.io/v1beta1", &["TokenReview"], 22, "authentication.k8s.io/v1"),
    ("authentication.k8s.io/v1beta1", &["SelfSubjectReview"], 33, "authentication.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", &[], 22, "authorization.k8s.io/v1"),
    ("autoscaling/v2beta1", &[], 25, "autoscaling/v2"),
    ("autoscaling/v2beta2", &[], 26, "autoscaling/v2"),
    ("batch/v1beta1", &["CronJob"], 25, "batch/v1"),
    ("batch/v2alpha1", &[], 21, "batch/v1"),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 22, "certificates.k8s.io/v1"),
    ("certificates.k8s.io/v1alpha1", &["ClusterTrustBundle"], 37, "certificates.k8s.io/v1beta1"),
    ("coordination.k8s.io/v1beta1", &["Lease"], 22, "coordination.k8s.io/v1"),
    ("discovery.k8s.io/v1beta1", &[], 25, "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", &[], 25, "events.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", &[], 26, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", &[], 29, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", &[], 32, "flowcontrol.apiserver.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", &["IPAddress", "ServiceCIDR"], 37, "networking.k8s.io/v1"),
    ("node.k8s.io/v1beta1", &[], 25, "node.k8s.io/v1"),
    ("policy/v1beta1", &["PodDisruptionBudget", "Eviction"], 25, "policy/v1"),
    ("policy/v1beta1", &["PodSecurityPolicy"], 25, "the Pod Security labels of the namespace"),
    ("rbac.authorization.k8s.io/v1alpha1", &[], 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", &[], 22, "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", &[], 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1alpha1", &["CSIStorageCapacity"], 24, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1alpha1", &["VolumeAttachment"], 24, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1alpha1", &["VolumeAttributesClass"], 35, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"], 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 27, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", &["VolumeAttributesClass"], 37, "storage.k8s.io/v1"),
];

pub(crate) const CHECK: Check = Check {
    name: "api-version-removed",
    title: "resource is written in an API version that is no longer served",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&[], |findings| {
        let group = |resource: &Resource| {
            let group = resource.group();
            !group.contains('.') || group.ends_with(".k8s.io")
        };
        for resource in findings.inventory().resources().iter().filter(|resource| group(resource)) {
            let removed = removed(resource);
            if findings.examine(removed.is_some())
                && let Some((version, _, minor, instead)) = removed
            {
                findings
                    .report(Place::whole(resource).at("apiVersion"))
                    .message(format!(
                        "{} {version} is not served since Kubernetes 1.{minor}; use {instead}",
                        resource.kind
                    ))
                    .fix(if instead.contains(' ') { String::new() } else { format!("apiVersion: {instead}") });
            }
        }
    }),
};

fn removed(resource: &Resource) -> Option<Removed> {
    let fits = |(version, kinds, _, _): &&Removed| {
        *version == &*resource.api_version && (kinds.is_empty() || kinds.contains(&&*resource.kind))
    };
    REMOVED.iter().find(fits).copied()
}
