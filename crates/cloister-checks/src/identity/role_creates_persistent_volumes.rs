//! # What it does
//! Finds rules that create PersistentVolumes.
//!
//! # Why it matters
//! A PersistentVolume may be any directory of a node: who creates one mounts the node's
//! file system, and with it the data of every pod there.
//!
//! # What to do
//! Give people PersistentVolumeClaims and let a provisioner create the volumes.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.1.9. Kubernetes, "Role Based Access Control Good Practices",
//! persistent volume creation.

use cloister_model::Severity;

use super::rights::{ROLES, report_with};
use super::rules::Target;
use crate::{Check, Run};

const TARGETS: [Target; 1] = [Target::cluster_wide("", "persistentvolumes")];

pub(crate) const CHECK: Check = Check {
    name: "role-creates-persistent-volumes",
    title: "role creates persistent volumes",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&TARGETS, &["create"]),
            |_, finding| {
                finding.fix("- apiGroups: [\"\"]\n  resources: [\"persistentvolumeclaims\"]\n  verbs: [\"create\"]");
            },
        );
    }),
};
