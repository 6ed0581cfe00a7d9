//! Findings that share one place, told as one: a rule with a wildcard breaks
//! twenty checks, and there is one line to change.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloister_model::{Location, ResourceRef};
use foldhash::HashMap;

use crate::fix::{self, Merged};
use crate::{AssessedFinding, AssessedRequirement, RequirementRef};

/// One place with everything that was found there.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    /// What weighs most.
    pub lead: &'a AssessedFinding,
    /// The rest, as ranked.
    pub others: Vec<&'a AssessedFinding>,
}

/// What makes two findings share a place: the character in the file, and in a
/// cluster the deepest node that is written. What is absent altogether has no
/// place, and shares none.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    resource: Option<&'a ResourceRef>,
    location: Option<&'a Location>,
    written: &'a str,
    check: &'a str,
}

impl<'a> Key<'a> {
    fn of(assessed: &'a AssessedFinding) -> Key<'a> {
        let finding = &assessed.finding;
        let (resource, location) = (finding.resource.as_ref(), finding.location.as_ref());
        Key {
            resource,
            location,
            written: if location.is_some() { "" } else { finding.written() },
            check: if resource.is_some() { "" } else { &finding.check },
        }
    }
}

/// Folds findings that share a place, in the order in which places first come.
pub fn spots<'a>(findings: impl IntoIterator<Item = &'a AssessedFinding>) -> Vec<Spot<'a>> {
    let mut spots: Vec<Spot<'a>> = Vec::new();
    let mut at: HashMap<Key<'a>, usize> = HashMap::default();
    for assessed in findings {
        let index = *at.entry(Key::of(assessed)).or_insert(spots.len());
        match spots.get_mut(index) {
            Some(spot) => spot.others.push(assessed),
            None => spots.push(Spot { lead: assessed, others: Vec::new() }),
        }
    }
    spots
}

impl<'a> Spot<'a> {
    /// All findings of the place, what weighs most first.
    pub fn findings(&self) -> impl Iterator<Item = &'a AssessedFinding> + '_ {
        std::iter::once(self.lead).chain(self.others.iter().copied())
    }

    /// The checks beside the leading one, each once.
    pub fn other_checks(&self) -> Vec<Arc<str>> {
        let mut seen = BTreeSet::from([&self.lead.finding.check]);
        let checks = self.others.iter().map(|one| &one.finding.check);
        checks.filter(|check| seen.insert(check)).cloned().collect()
    }

    /// The requirements that any of them speaks against, in the order of `all`.
    pub fn requirements(&self, all: &[AssessedRequirement]) -> Vec<RequirementRef> {
        if self.others.is_empty() {
            return self.lead.requirements.to_vec();
        }
        let own: BTreeSet<(&str, &str)> =
            self.findings().flat_map(|one| one.requirements.iter()).map(|one| (&*one.framework, &*one.id)).collect();
        all.iter()
            .filter(|one| own.contains(&(&*one.framework, &*one.id)))
            .map(|one| RequirementRef { framework: one.framework.clone(), id: one.id.clone() })
            .collect()
    }

    /// The lines to write for several of them at once, where their lines agree.
    pub fn merged_fix(&self) -> Merged {
        fix::merge(self.findings().map(|one| &one.finding))
    }

    /// The lines to write for what weighs most, with all that can be written along with it.
    pub fn fix(&self) -> Option<String> {
        let merged = self.merged_fix();
        if merged.of.first() == Some(&0) { Some(merged.lines) } else { self.lead.finding.fix.clone() }
    }
}

#[cfg(test)]
pub mod tests {
    use std::sync::Arc;

    use cloister_model::{Finding, Location, ResourceRef, Severity, Subject};

    use super::spots;
    use crate::{AssessedFinding, Exposure};

    /// A finding in a role, in a file.
    pub fn rule(role: &str, line: u32) -> (ResourceRef, Option<Location>) {
        let resource = ResourceRef {
            api_version: "rbac.authorization.k8s.io/v1".into(),
            kind: "ClusterRole".into(),
            namespace: None,
            name: role.into(),
        };
        let location = Location { file: "rbac.yaml".into(), line: Some(line), column: Some(1), rendered: None };
        (resource, Some(location))
    }

    pub fn found(check: &str, (resource, location): &(ResourceRef, Option<Location>)) -> AssessedFinding {
        let mut finding = Finding::new(Arc::from(check), Severity::High, &Subject::Absent, check.to_owned());
        finding.resource = Some(resource.clone());
        finding.location.clone_from(location);
        AssessedFinding {
            id: format!("{check}@{}", resource.name).into(),
            finding,
            remediation: Arc::default(),
            exposure: Exposure::default(),
            rank: 1,
            requirements: Arc::default(),
            accepted: None,
            change: None,
        }
    }

    fn at(check: &str, pointer: &str, written: &str) -> AssessedFinding {
        let mut assessed = found(check, &(rule("a", 1).0, None));
        assessed.finding.pointer = pointer.to_owned();
        assessed.finding.written = written.len();
        assessed
    }

    fn sizes(findings: &[AssessedFinding]) -> Vec<usize> {
        spots(findings).iter().map(|spot| spot.findings().count()).collect()
    }

    #[test]
    fn a_line_of_a_resource_is_one_place() {
        let findings = [
            found("one", &rule("a", 3)),
            found("two", &rule("a", 4)),
            found("three", &rule("a", 3)),
            found("one", &rule("b", 3)),
        ];
        assert_eq!(sizes(&findings), [2, 1, 1]);
    }

    #[test]
    fn in_a_cluster_the_deepest_written_node_is_the_place() {
        let container = "/spec/containers/0";
        let findings = [
            at("one", "/spec/containers/0/securityContext/runAsNonRoot", container),
            at("two", "/spec/containers/0/livenessProbe", container),
            at("three", "/spec/containers/1/livenessProbe", "/spec/containers/1"),
            at("four", "/spec/containers/0/image", "/spec/containers/0/image"),
        ];
        assert_eq!(sizes(&findings), [2, 1, 1]);
    }

    #[test]
    fn what_is_absent_altogether_shares_no_place() {
        let mut findings = [found("one", &rule("a", 1)), found("two", &rule("a", 1)), found("two", &rule("a", 1))];
        for assessed in &mut findings {
            (assessed.finding.resource, assessed.finding.location) = (None, None);
        }
        assert_eq!(sizes(&findings), [1, 2]);
    }
}
