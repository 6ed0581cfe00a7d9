//! The changes that help most: one check on one resource is one change; the
//! same change elsewhere is counted with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cloister_model::{Location, ResourceRef, Severity};
use serde::Serialize;

use crate::{AssessedFinding, Exposure, RequirementRef};

/// One change, with the findings that it mends.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The check.
    pub check: Arc<str>,
    /// What is wrong at the first place.
    pub message: String,
    /// The worst severity.
    pub severity: Severity,
    /// The personal data at risk at the first place.
    pub exposure: Exposure,
    /// The first place's resource.
    pub resource: Option<ResourceRef>,
    /// The first place.
    pub location: Option<Location>,
    /// What to do.
    pub remediation: String,
    /// The lines to write, where known.
    pub fix: Option<String>,
    /// The requirements it helps.
    pub requirements: Vec<RequirementRef>,
    /// Ids of the findings it mends, at the first resource.
    pub findings: Vec<String>,
    /// How many other resources need the same change.
    pub elsewhere: usize,
}

/// The best advice first, each check once. `findings` come ranked.
pub fn advise(findings: &[AssessedFinding], most: usize) -> Vec<Advice> {
    let mut advice: Vec<Advice> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut seen: HashSet<(usize, &ResourceRef)> = HashSet::new();
    for assessed in findings.iter().filter(|assessed| assessed.is_open()) {
        let finding = &assessed.finding;
        let Some(&index) = at.get(&*finding.check) else {
            at.insert(&finding.check, advice.len());
            advice.push(first(assessed));
            continue;
        };
        let Some(entry) = advice.get_mut(index) else { continue };
        if entry.resource == finding.resource {
            entry.findings.push(assessed.id.clone());
        } else if finding.resource.as_ref().is_some_and(|resource| seen.insert((index, resource))) {
            entry.elsewhere += 1;
        }
    }
    advice.truncate(most);
    advice
}

fn first(assessed: &AssessedFinding) -> Advice {
    let finding = &assessed.finding;
    Advice {
        check: finding.check.clone(),
        message: finding.message.clone(),
        severity: finding.severity,
        exposure: assessed.exposure.clone(),
        resource: finding.resource.clone(),
        location: finding.location.clone(),
        remediation: assessed.remediation.clone(),
        fix: finding.fix.clone(),
        requirements: assessed.requirements.clone(),
        findings: vec![assessed.id.clone()],
        elsewhere: 0,
    }
}
