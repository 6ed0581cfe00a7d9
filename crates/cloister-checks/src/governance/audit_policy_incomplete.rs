//! # What it does
//! Finds audit policies that write nothing of reading or changing Secrets, or of changes of workloads, volumes,
//! namespaces and network policies. The policy is evaluated as the API server does: for anybody, administrators, service
//! accounts, and everybody whom it names.
//!
//! # Why it matters
//! After a breach the controller must say what was taken, and of whom (Art. 33(3)). What the audit log does not hold
//! cannot be said.
//!
//! # What to do
//! End the policy with a rule `level: Metadata` for everything, and narrow the rules of level None before it.
//! `cloister audit policy explain` shows which rule decides.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, "Auditing".

use cloister_model::Severity;

use super::audit::{CHANGES, OTHER, POLICIES, Probe, probes, report_unwritten};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-incomplete",
    title: "audit policy leaves out what a breach needs",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, |policy, findings| report_unwritten(policy, &asked(), findings)),
};

fn asked() -> Vec<Probe> {
    const WORKLOADS: &str = "changes of workloads";
    let reads = ["get", "list", "watch"];
    probes("reading Secrets", &reads, "", "secrets", OTHER)
        .chain(probes("changes of Secrets", &CHANGES, "", "secrets", OTHER))
        .chain(probes(WORKLOADS, &CHANGES, "", "pods", OTHER))
        .chain(
            ["deployments", "statefulsets", "daemonsets"]
                .iter()
                .flat_map(|kind| probes(WORKLOADS, &CHANGES, "apps", kind, OTHER)),
        )
        .chain(["jobs", "cronjobs"].iter().flat_map(|kind| probes(WORKLOADS, &CHANGES, "batch", kind, OTHER)))
        .chain(probes("changes of volumes", &CHANGES, "", "persistentvolumeclaims", OTHER))
        .chain(probes("changes of namespaces", &["create", "delete"], "", "namespaces", OTHER))
        .chain(probes("changes of network policies", &CHANGES, "networking.k8s.io", "networkpolicies", OTHER))
        .collect()
}
