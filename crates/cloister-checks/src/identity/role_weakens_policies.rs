//! # What it does
//! Finds rules that change or delete NetworkPolicies, namespaces (whose labels switch
//! Pod Security), quotas, limits or admission policies.
//!
//! # Why it matters
//! Protection that the protected workload, or whoever broke into it, can switch off is
//! none.
//!
//! # What to do
//! Keep policies and namespaces with the platform's pipeline, apart from the
//! applications' roles.
//!
//! # References
//! GDPR Art. 25(1), 32(1)(b). Kubernetes, "Role Based Access Control Good Practices",
//! namespace modification.

use cloister_model::Severity;

use super::rights::{ROLES, report};
use super::rules::Target;
use crate::{Check, Run};

// Namespaces count as namespaced: the authoriser takes a namespace as standing in itself.
const TARGETS: [Target; 9] = [
    Target::namespaced("networking.k8s.io", "networkpolicies"),
    Target::namespaced("", "namespaces"),
    Target::namespaced("", "resourcequotas"),
    Target::namespaced("", "limitranges"),
    Target::cluster_wide("admissionregistration.k8s.io", "validatingadmissionpolicies"),
    Target::cluster_wide("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    Target::namespaced("cilium.io", "ciliumnetworkpolicies"),
    Target::cluster_wide("kyverno.io", "clusterpolicies"),
    Target::namespaced("kyverno.io", "policies"),
];

pub(crate) const CHECK: Check = Check {
    name: "role-weakens-policies",
    title: "role weakens the policies that protect others",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report(role, findings, &TARGETS, &["update", "patch", "delete", "deletecollection"]);
    }),
};
