//! # What it does
//! Finds namespaces that enforce Pod Security without `enforce-version`, or with
//! `latest`.
//!
//! # Why it matters
//! An upgrade of the cluster changes what is refused: a restart after it may not come
//! back up.
//!
//! # What to do
//! Write the version that was tested, and raise it with each upgrade.
//!
//! # References
//! Kubernetes, "Pod Security Admission", labels. GDPR Art. 25(1).

use cloister_model::Severity;

use super::admission::{LABELLED, enforced, enforced_version, namespaces};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pod-security-version-unpinned",
    title: "enforced Pod Security moves with the cluster",
    severity: Severity::Info,
    needs: &[],
    run: Run::Inventory(LABELLED, |findings| {
        for namespace in namespaces(findings.inventory()) {
            let Some((level, place)) = enforced(namespace) else { continue };
            let version = enforced_version(namespace);
            // "privileged" refuses nothing in any version.
            let moves = level != "privileged" && version.is_none_or(|(version, _)| version == "latest");
            if findings.examine(moves) {
                findings
                    .report(version.map_or(place, |(_, place)| place))
                    .message(format!("namespace \"{}\" enforces the latest {level}, whatever that is", namespace.name))
                    .fix("pod-security.kubernetes.io/enforce-version: v1.37");
            }
        }
    }),
};
