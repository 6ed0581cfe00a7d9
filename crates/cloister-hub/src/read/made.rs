//! A report of what was assessed in this process: what is as it was before is shared with what was known before.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_assessment::{AssessedFinding, Assessment, RequirementRef};

use super::findings::{Finding, Once};
use super::{CheckResult, Report, Summary};
use crate::snapshot::Snapshot;

impl Report {
    /// As its JSON would be read, without writing it.
    pub fn of(assessment: &Assessment, before: Option<&Snapshot>) -> Report {
        let mut making = Making { before, ..Making::default() };
        let summary = &assessment.summary;
        Report {
            generator: assessment.generator.to_owned(),
            version: assessment.version.to_owned(),
            assessed_at: assessment.assessed_at.clone(),
            subject: assessment.subject.clone(),
            summary: Summary {
                open: summary.open.iter().map(|(word, number)| ((*word).to_owned(), *number)).collect(),
                open_total: summary.open_total,
                open_places: summary.open_places,
                accepted: summary.accepted,
                unreadable: summary.unreadable,
            },
            advice: assessment.advice.clone(),
            findings: assessment.findings.iter().map(|one| making.finding(one)).collect(),
            frameworks: assessment.frameworks.clone(),
            requirements: assessment.requirements.clone(),
            checks: assessment.checks.iter().map(check).collect(),
            diagnostics: assessment.diagnostics.clone(),
        }
    }
}

fn check(one: &cloister_assessment::CheckResult) -> CheckResult {
    CheckResult {
        name: one.name.to_owned(),
        title: one.title.to_owned(),
        family: one.family.to_owned(),
        severity: one.severity,
        examined: one.examined,
        failed: one.failed,
        not_evaluated: one.not_evaluated.clone(),
    }
}

/// A list of requirements, which all findings of a check share.
type Requirements = Arc<[RequirementRef]>;

#[derive(Default)]
struct Making<'b> {
    before: Option<&'b Snapshot>,
    once: Once,
    /// Of each list that was met, the one of its check that was known, where it says the same.
    known: HashMap<*const RequirementRef, Requirements>,
}

impl Making<'_> {
    fn finding(&mut self, one: &AssessedFinding) -> Arc<Finding> {
        let requirements = self.requirements(one);
        match self.before.and_then(|before| before.shared(&one.id)) {
            Some(before) if Arc::ptr_eq(&requirements, &before.requirements) && is_as(before, one) => before.clone(),
            _ => Arc::new(self.made(one, requirements)),
        }
    }

    fn requirements(&mut self, one: &AssessedFinding) -> Requirements {
        let before = || self.before?.of_check(&one.finding.check).next();
        let list = self.known.entry(one.requirements.as_ptr()).or_insert_with(|| {
            let known = before().map(|before| before.requirements.clone());
            known.filter(|known| *known == one.requirements).unwrap_or_else(|| one.requirements.clone())
        });
        list.clone()
    }

    fn made(&mut self, one: &AssessedFinding, requirements: Requirements) -> Finding {
        let found = &one.finding;
        let known = found.resource.as_ref().and_then(|resource| self.before?.resources.get_key_value(resource));
        let resource = known.map(|(known, _)| known.clone());
        let new = || found.resource.as_ref().map(|resource| self.once.resource(resource));
        Finding {
            id: one.id.clone(),
            check: found.check.clone(),
            severity: found.severity,
            resource: resource.or_else(new),
            container: found.container.clone(),
            location: found.location.clone(),
            pointer: found.pointer.as_str().into(),
            message: found.message.as_str().into(),
            fix: found.fix.as_ref().map(|fix| self.once.text(fix)),
            remediation: one.remediation.clone(),
            exposure: one.exposure.clone(),
            rank: one.rank,
            requirements,
            accepted: one.accepted.clone(),
        }
    }
}

/// Whether a finding of the report before says the same; requirements are compared before.
fn is_as(before: &Finding, one: &AssessedFinding) -> bool {
    let found = &one.finding;
    *before.message == *found.message
        && before.severity == found.severity
        && before.rank == one.rank
        && before.accepted == one.accepted
        && before.location == found.location
        && *before.pointer == *found.pointer
        && before.exposure == one.exposure
        && before.check == found.check
        && before.resource.as_deref() == found.resource.as_ref()
        && before.container == found.container
        && before.fix.as_deref() == found.fix.as_deref()
        && before.remediation == one.remediation
}
