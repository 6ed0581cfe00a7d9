//! # What it does
//! Finds rules on `nodes/proxy`, `pods/proxy` or `services/proxy`.
//!
//! # Why it matters
//! `nodes/proxy`, even with `get` alone, reaches the kubelet: commands in every pod of
//! the node, without admission control and without a trace in the audit log. The
//! proxies of pods and services pass by NetworkPolicies.
//!
//! # What to do
//! For metrics give `nodes/metrics`; with fine-grained kubelet authorisation also
//! `nodes/stats`, `nodes/log`, `nodes/healthz` or `nodes/pods`.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.1.10. Kubernetes, "Role Based Access Control Good Practices",
//! access to proxy subresource of nodes.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 3] = [
    Target::cluster_wide("", "nodes/proxy"),
    Target::namespaced("", "pods/proxy"),
    Target::namespaced("", "services/proxy"),
];

pub(crate) const CHECK: Check = Check {
    name: "role-proxies-nodes",
    title: "role goes through a proxy of the API server",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["get", "create", "update", "patch", "delete"]),
            |grant, finding| {
                if grant.resources.contains(&"nodes/proxy") {
                    finding.fix("- apiGroups: [\"\"]\n  resources: [\"nodes/metrics\"]\n  verbs: [\"get\"]");
                } else {
                    finding.severity(Severity::Medium);
                }
            },
        );
    }),
};
