//! # What it does
//! Finds ClusterRoles, and Roles in kube-system, that change any ConfigMap.
//!
//! # Why it matters
//! ConfigMaps steer others: CoreDNS' one decides where every name leads, so that a
//! changed line brings a database's clients, and their passwords, to somebody else.
//!
//! # What to do
//! Use a Role in the application's own namespace, and name the ConfigMap in
//! `resourceNames`.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK T1557.

use cloister_model::Severity;

use super::rights::{CHANGES, ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::namespaced("", "configmaps")];

pub(crate) const CHECK: Check = Check {
    name: "role-changes-config-maps",
    title: "role changes ConfigMaps of others",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        if &*role.kind == "Role" && role.namespace_or_default() != "kube-system" {
            return findings.not_applicable();
        }
        report_with(
            role,
            findings,
            |rule| rule.grants_on(&TARGETS, CHANGES, &["coredns"]),
            |_, finding| {
                finding.fix(
                    "- apiGroups: [\"\"]\n  resources: [\"configmaps\"]\n  resourceNames: [\"NAME\"]\n  verbs: [\"update\"]",
                );
            },
        );
    }),
};
