//! The order of findings: personal data at risk × severity, then severity,
//! then place, so that the same input gives the same order.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::AssessedFinding;

/// Most important first.
pub fn sort(findings: &mut [AssessedFinding]) {
    findings.par_sort_by(|left, right| key(left).cmp(&key(right)));
}

fn key(assessed: &AssessedFinding) -> impl Ord + use<'_> {
    let finding = &assessed.finding;
    (
        Reverse(assessed.rank),
        Reverse(finding.severity),
        &finding.check,
        &finding.resource,
        &finding.location,
        &finding.container,
        &finding.pointer,
        &finding.message,
    )
}
