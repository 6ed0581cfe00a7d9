//! # What it does
//! Finds resources that are in the namespace `default`, or say that they are. A file
//! that names no namespace says nothing; neither does the output of a chart.
//!
//! # Why it matters
//! Namespaces are where purposes, rights and policies are kept apart. What lies in
//! `default` shares them with whatever else nobody has placed.
//!
//! # What to do
//! Make a namespace for the purpose and move the resource there.
//!
//! # References
//! CIS 5.6.4. GDPR Art. 25(1).

use cloister_model::{Origin, Place, Resource, Severity};

use crate::{Check, Run};

/// What people place; not what controllers make of it.
const KINDS: &[&str] = &[
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "EndpointSlice",
    "Endpoints",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "Lease",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "PodTemplate",
    "ReplicaSet",
    "ReplicationController",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];

/// What every cluster has in `default`, and what controllers made.
fn is_clusters_own(resource: &Resource) -> bool {
    let every_cluster = match &*resource.kind {
        "Service" | "Endpoints" | "EndpointSlice" => &*resource.name == "kubernetes",
        "ServiceAccount" => &*resource.name == "default",
        "ConfigMap" => &*resource.name == "kube-root-ca.crt",
        _ => false,
    };
    let made = resource.label("endpoints.kubernetes.io/managed-by").is_some()
        || !resource.root.items_at("metadata/ownerReferences").is_empty();
    every_cluster || made
}

pub(crate) const CHECK: Check = Check {
    name: "default-namespace-used",
    title: "resource lies in the default namespace",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(KINDS, |resource, findings| {
        if is_clusters_own(resource)
            || matches!(resource.origin, Origin::Rendered { .. })
            || resource.namespace.is_none()
        {
            return findings.not_applicable();
        }
        if resource.namespace.as_deref() == Some("default") {
            findings
                .report(Place::whole(resource).at("metadata/namespace"))
                .message(format!("{} \"{}\" lies in the default namespace", resource.kind, resource.name));
        }
    }),
};
