//! # What it does
//! Finds audit policies that write nothing of changes of roles and bindings, of admission webhooks, or of approved
//! certificates.
//!
//! # Why it matters
//! Whoever breaks in gives himself rights first. Without these lines nobody can say since when, and by whose hand.
//!
//! # What to do
//! Write changes of `rbac.authorization.k8s.io`, `admissionregistration.k8s.io` and `certificates.k8s.io` with level
//! Metadata or Request.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 32(4), 33(1).

use cloister_model::Severity;

use super::audit::{CHANGES, OTHER, POLICIES, Probe, RBAC, probes, report_unwritten};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-misses-rights",
    title: "audit policy leaves out changes of rights",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, |policy, findings| report_unwritten(policy, &asked(), findings)),
};

fn asked() -> Vec<Probe> {
    const RIGHTS: &str = "changes of rights";
    const GUARDS: &str = "changes of admission";
    const ADMISSION: &str = "admissionregistration.k8s.io";
    let outside = ["clusterroles", "clusterrolebindings"];
    let guards = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations", "validatingadmissionpolicies"];
    let within = ["roles", "rolebindings"];
    let approval = "certificatesigningrequests/approval";
    (outside.iter().flat_map(|kind| probes(RIGHTS, &CHANGES, RBAC, kind, "")))
        .chain(within.iter().flat_map(|kind| probes(RIGHTS, &CHANGES, RBAC, kind, OTHER)))
        .chain(guards.iter().flat_map(|kind| probes(GUARDS, &CHANGES, ADMISSION, kind, "")))
        .chain(probes("approval of certificates", &["update", "patch"], "certificates.k8s.io", approval, ""))
        .collect()
}
