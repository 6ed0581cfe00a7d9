//! # What it does
//! Finds nodes whose kubelet is of a minor release that Kubernetes supports no longer.
//!
//! # Why it matters
//! Gaps that become known are mended in supported releases only; on such a node they
//! stay open for good, under every pod that holds personal data.
//!
//! # What to do
//! Upgrade the control plane, then the nodes, one minor release after the other.
//!
//! # References
//! Kubernetes, "Patch Releases". GDPR Art. 32(1)(d): the state of the art.

use cloister_model::{Place, Severity};
use jiff::civil::Date;

use crate::{Check, Run};

/// The minor release of a version such as `v1.34.2`.
fn minor(version: &str) -> Option<i32> {
    let mut parts = version.trim_start_matches('v').split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    if major == "1" { minor.parse().ok() } else { None }
}

/// When support of 1.`minor` ends: releases come every four months and are kept for
/// fourteen; that of 1.30 ended in June 2025. Never earlier than its last day there.
fn end_of_support(minor: i32) -> Option<Date> {
    let month = 2025 * 12 + 5 + (minor - 30) * 4;
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    Date::new(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 28).ok()
}

pub(crate) const CHECK: Check = Check {
    name: "node-version-unsupported",
    title: "node runs a release of Kubernetes that is supported no longer",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Node"], |node, findings| {
        let path = "status/nodeInfo/kubeletVersion";
        let version = node.root.str_at(path).unwrap_or_default();
        let Some(end) = minor(version).and_then(end_of_support) else { return findings.not_applicable() };
        if end < findings.today() {
            findings
                .report(Place::whole(node).at(path))
                .message(format!("node \"{}\" runs Kubernetes {version}, supported until {end}", node.name));
        }
    }),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_ends_when_kubernetes_says() {
        let ends = |minor| end_of_support(minor).unwrap().to_string();
        assert_eq!((ends(25), ends(26), ends(31)), ("2023-10-28".into(), "2024-02-28".into(), "2025-10-28".into()));
        assert_eq!((ends(32), ends(33)), ("2026-02-28".into(), "2026-06-28".into()));
    }

    #[test]
    fn versions_of_distributions_are_read() {
        assert_eq!(minor("v1.31.4-gke.1183000"), Some(31));
        assert_eq!(minor("v1.30.0+rke2r1"), Some(30));
        assert_eq!(minor("unknown"), None);
    }
}
