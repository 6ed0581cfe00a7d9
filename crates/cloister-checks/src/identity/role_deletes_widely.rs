//! # What it does
//! Finds rules that delete workloads, Services, Secrets, volumes, snapshots or
//! namespaces.
//!
//! # Why it matters
//! One mistaken or stolen command ends the service, or the data itself: availability
//! and restore are part of security (Art. 32(1)(b), (c)).
//!
//! # What to do
//! Give `delete` only to the controller that made the objects, in single namespaces;
//! never `deletecollection`.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK T1485.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

/// Their deletion takes data or its credentials with it.
const KEEPS_DATA: [&str; 6] =
    ["secrets", "persistentvolumeclaims", "persistentvolumes", "namespaces", "volumesnapshots", "statefulsets"];

// Namespaces count as namespaced: the authoriser takes a namespace as standing in itself.
const TARGETS: [Target; 13] = [
    Target::namespaced("", "secrets"),
    Target::namespaced("", "persistentvolumeclaims"),
    Target::cluster_wide("", "persistentvolumes"),
    Target::namespaced("", "namespaces"),
    Target::namespaced("snapshot.storage.k8s.io", "volumesnapshots"),
    Target::namespaced("apps", "statefulsets"),
    Target::namespaced("", "pods"),
    Target::namespaced("", "services"),
    Target::namespaced("apps", "deployments"),
    Target::namespaced("apps", "daemonsets"),
    Target::namespaced("apps", "replicasets"),
    Target::namespaced("batch", "jobs"),
    Target::namespaced("batch", "cronjobs"),
];

pub(crate) const CHECK: Check = Check {
    name: "role-deletes-widely",
    title: "role deletes what others need",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["delete", "deletecollection"]),
            |grant, finding| {
                if grant.resources.iter().any(|resource| KEEPS_DATA.contains(resource)) {
                    finding.severity(Severity::Medium);
                }
            },
        );
    }),
};
