//! # What it does
//! Finds clusters in which no namespace enforces Pod Security and no admission policy
//! exists: no ValidatingAdmissionPolicy, Kyverno, Gatekeeper, Kubewarden, and no
//! webhook that judges pods.
//!
//! # Why it matters
//! Every rule that the organisation has for its workloads is then a wish. Protection by
//! design (Art. 25(1)) needs a place where it is in force.
//!
//! # What to do
//! Enforce Pod Security in the namespaces to begin with: it is part of every cluster.
//!
//! # References
//! CIS 5.2.1. GDPR Art. 25(1). NSA/CISA Kubernetes Hardening Guidance, "Pod security
//! enforcement".

use cloister_model::{Severity, Subject};

use super::admission::{enforced, has_policies};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "admission-policy-missing",
    title: "nothing decides what may run",
    severity: Severity::High,
    needs: &[Need::Cluster],
    run: Run::Inventory(
        &[
            "Namespace",
            "ValidatingWebhookConfiguration",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicyBinding",
        ],
        |findings| {
            let inventory = findings.inventory();
            let enforcing = inventory
                .of_kind("Namespace")
                .any(|namespace| enforced(namespace).is_some_and(|(level, _)| level != "privileged"));
            if findings.examine(!enforcing && !has_policies(inventory)) {
                findings.report(Subject::Absent);
            }
        },
    ),
};
