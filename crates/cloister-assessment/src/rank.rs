//! The order of findings: personal data at risk × severity, then severity,
//! then place, so that the same input gives the same order.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::AssessedFinding;

/// Most important first. Places are sorted, then what stands there is moved once.
pub fn sorted(findings: Vec<AssessedFinding>) -> Vec<AssessedFinding> {
    let mut order: Vec<(usize, &AssessedFinding)> = findings.iter().enumerate().collect();
    order.par_sort_by(|(_, left), (_, right)| key(left).cmp(&key(right)));
    let order: Vec<usize> = order.into_iter().map(|(place, _)| place).collect();
    let mut findings: Vec<Option<AssessedFinding>> = findings.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| findings.get_mut(place)?.take()).collect()
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
