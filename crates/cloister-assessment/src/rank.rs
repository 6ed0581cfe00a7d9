//! The order of findings: personal data at risk × severity, then severity,
//! then place, so that the same input gives the same order.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::AssessedFinding;

/// Most important first. Places are sorted; then each finding, which is large, is moved to its own.
pub fn sort(findings: &mut [AssessedFinding]) {
    let mut order: Vec<(usize, &AssessedFinding)> = findings.iter().enumerate().collect();
    order.par_sort_by(|(_, left), (_, right)| key(left).cmp(&key(right)));
    let order: Vec<usize> = order.into_iter().map(|(from, _)| from).collect();
    for (place, &from) in order.iter().enumerate() {
        let mut from = from;
        // What stood there has given way to an earlier place.
        while let Some(&moved) = order.get(from).filter(|_| from < place) {
            from = moved;
        }
        findings.swap(place, from);
    }
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
