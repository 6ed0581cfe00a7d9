//! # What it does
//! Finds rules that create, change or delete webhook configurations.
//!
//! # Why it matters
//! A validating webhook sees every object that it asks for, Secrets included; a
//! mutating one rewrites it. Deleting one switches the policies off that it enforces.
//!
//! # What to do
//! Name the one configuration that a controller maintains in `resourceNames`.
//!
//! # References
//! GDPR Art. 25(1), 32(1)(b). CIS 5.1.12. Kubernetes, "Role Based Access Control Good
//! Practices", control admission webhooks.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 2] = [
    Target::cluster_wide("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
    Target::cluster_wide("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
];

pub(crate) const CHECK: Check = Check {
    name: "role-changes-admission-webhooks",
    title: "role changes admission webhooks",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["create", "update", "patch", "delete", "deletecollection"]),
            |_, finding| {
                finding.fix("- apiGroups: [\"admissionregistration.k8s.io\"]\n  resources: [\"validatingwebhookconfigurations\"]\n  resourceNames: [\"NAME\"]\n  verbs: [\"get\", \"update\"]");
            },
        );
    }),
};
