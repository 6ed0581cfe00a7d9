//! Findings as results.

use std::collections::BTreeMap;

use cloister_assessment::{Acceptance, AssessedFinding, Assessment, Change};

use super::model::{Finding, FindingProperties, Rule, Suppression, Text};
use super::{place, rules};

/// The findings in their order; `rules` are sorted by id.
pub(super) fn all(assessment: &Assessment, rules: &[Rule]) -> Vec<Finding> {
    assessment.findings.iter().filter_map(|one| result(one, rules)).collect()
}

/// Every check with a finding has a rule, so this is never `None`.
fn result(assessed: &AssessedFinding, rules: &[Rule]) -> Option<Finding> {
    let finding = &assessed.finding;
    let rule_index = rules.binary_search_by(|rule| (*rule.id).cmp(&*finding.check)).ok()?;
    Some(Finding {
        rule_id: finding.check.to_string(),
        rule_index,
        level: rules::level(finding.severity),
        message: Text::new(&message(assessed)),
        locations: place::of_finding(finding.location.as_ref(), finding.resource.as_ref(), &finding.pointer)
            .into_iter()
            .collect(),
        partial_fingerprints: BTreeMap::from([("cloister/v1", assessed.id.to_string())]),
        suppressions: assessed.accepted.as_deref().map(suppression).into_iter().collect(),
        baseline_state: assessed.change.map(|change| match change {
            Change::New => "new",
            Change::Same => "unchanged",
        }),
        properties: FindingProperties {
            severity: finding.severity.as_str(),
            personal_data: assessed.exposure.level.as_str(),
            pointer: finding.pointer.clone(),
            remediation: assessed.remediation.clone(),
            fix: finding.fix.clone(),
            requirements: assessed.requirements.iter().map(|one| format!("{} {}", one.framework, one.id)).collect(),
        },
    })
}

/// What is wrong, whose data it puts at risk, and what to do, each a sentence.
fn message(assessed: &AssessedFinding) -> String {
    let parts = [assessed.finding.message.as_str(), &assessed.exposure.reason, &assessed.remediation];
    let sentences: Vec<String> = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| if part.ends_with('.') { part.to_owned() } else { format!("{part}.") })
        .collect();
    sentences.join(" ")
}

fn suppression(acceptance: &Acceptance) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: format!("{} ({}, until {})", acceptance.reason, acceptance.owner, acceptance.expires),
        location: acceptance.location.as_ref().and_then(|one| place::of_file(&one.file, one.line, one.column)),
    }
}
