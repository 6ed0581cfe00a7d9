//! The changes that help most: one place is one change, however many checks
//! speak of it; the same change elsewhere is counted with it.

use std::sync::Arc;

use cloister_model::{Finding, Location, ResourceRef, Severity};
use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use crate::spot::Spot;
use crate::{AssessedFinding, AssessedRequirement, Exposure, RequirementRef};

/// One change, with the findings at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The check that weighs most at the place.
    pub check: Arc<str>,
    /// The other checks that speak of the place, by weight.
    pub others: Vec<Arc<str>>,
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
    /// What stands there, its value masked: the key, and of the value only words that are the API's own. Null where
    /// something is missing.
    pub excerpt: Option<String>,
    /// What to do.
    pub remediation: Arc<str>,
    /// The lines to write, where known, for as many of the checks as agree on them.
    pub fix: Option<String>,
    /// The requirements that the place breaks.
    pub requirements: Vec<RequirementRef>,
    /// Ids of the findings at the place.
    pub findings: Vec<Arc<str>>,
    /// On how many other resources the same check found something.
    pub elsewhere: usize,
}

/// The best advice first, each check leading once. `places` and `findings` come ranked; `excerpt` tells what stands at a
/// place.
pub fn advise(
    places: &[Spot<'_>],
    findings: &[AssessedFinding],
    requirements: &[AssessedRequirement],
    most: usize,
    excerpt: impl Fn(&Finding) -> Option<String>,
) -> Vec<Advice> {
    let mut led: HashSet<&str> = HashSet::default();
    let mut advice: Vec<Advice> = places
        .iter()
        .filter(|spot| led.insert(&spot.lead.finding.check))
        .take(most)
        .map(|spot| Advice { excerpt: excerpt(&spot.lead.finding), ..change(spot, requirements) })
        .collect();
    count_elsewhere(&mut advice, findings);
    advice
}

fn change(spot: &Spot<'_>, requirements: &[AssessedRequirement]) -> Advice {
    let assessed = spot.lead;
    let finding = &assessed.finding;
    Advice {
        check: finding.check.clone(),
        others: spot.other_checks(),
        message: finding.message.clone(),
        severity: finding.severity,
        exposure: assessed.exposure.clone(),
        resource: finding.resource.clone(),
        location: finding.location.clone(),
        excerpt: None,
        remediation: assessed.remediation.clone(),
        fix: spot.fix(),
        requirements: spot.requirements(requirements),
        findings: spot.findings().map(|one| one.id.clone()).collect(),
        elsewhere: 0,
    }
}

fn count_elsewhere(advice: &mut [Advice], findings: &[AssessedFinding]) {
    let mut others: HashMap<&str, HashSet<&ResourceRef>> = HashMap::default();
    for assessed in findings.iter().filter(|one| one.is_open()) {
        if let Some(resource) = &assessed.finding.resource {
            others.entry(&assessed.finding.check).or_default().insert(resource);
        }
    }
    for one in advice {
        let all = others.get(&*one.check).map_or(0, HashSet::len);
        one.elsewhere = all.saturating_sub(usize::from(one.resource.is_some()));
    }
}

#[cfg(test)]
mod tests {
    use super::advise;
    use crate::spot::spots;
    use crate::spot::tests::{found, rule};

    #[test]
    fn five_changes_are_five_places() {
        // Three checks speak of one rule; a fourth of another resource.
        let findings = [
            found("wildcard-verb", &rule("a", 3)),
            found("role-reads-secrets", &rule("a", 3)),
            found("role-execs-into-pods", &rule("a", 3)),
            found("role-reads-secrets", &rule("b", 9)),
            found("wildcard-verb", &rule("b", 9)),
            found("wildcard-verb", &rule("c", 1)),
        ];
        let advice = advise(&spots(&findings), &findings, &[], 5, |_| None);
        let told: Vec<(&str, usize, usize)> =
            advice.iter().map(|one| (&*one.check, one.findings.len(), one.elsewhere)).collect();
        assert_eq!(told, [("wildcard-verb", 3, 2), ("role-reads-secrets", 2, 1)]);
        let others: Vec<&str> = advice.iter().flat_map(|one| &one.others).map(|check| &**check).collect();
        assert_eq!(others, ["role-reads-secrets", "role-execs-into-pods", "wildcard-verb"]);
    }
}
