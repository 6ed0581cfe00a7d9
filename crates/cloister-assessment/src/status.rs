//! The status of each requirement. What was not looked at never counts as
//! passed, and never as failed.

use std::sync::Arc;

use cloister_checks::Outcome;
use cloister_frameworks::{Framework, Need, Requirement};
use cloister_policy::Attestations;
use foldhash::HashMap;
use rayon::prelude::*;

use crate::{AssessedFinding, AssessedFramework, AssessedRequirement, AttestedBy, Gap, Scan, Status};

/// What stands behind the requirements: outcomes and findings by check.
struct Evidence<'e> {
    outcomes: HashMap<&'e str, &'e Outcome>,
    findings: HashMap<&'e str, Vec<&'e AssessedFinding>>,
    no_register: bool,
    cluster: bool,
}

/// Every requirement of the frameworks asked for, in their order.
pub fn requirements(
    outcomes: &[Outcome],
    findings: &[AssessedFinding],
    attestations: &Attestations<'_, '_>,
    scan: &Scan<'_>,
) -> Vec<AssessedRequirement> {
    let mut by_check: HashMap<&str, Vec<&AssessedFinding>> = HashMap::default();
    for assessed in findings {
        by_check.entry(&assessed.finding.check).or_default().push(assessed);
    }
    let outcomes = outcomes.iter().map(|outcome| (outcome.entry.check.name, outcome)).collect();
    let evidence = Evidence {
        outcomes,
        findings: by_check,
        no_register: scan.register.is_empty(),
        cluster: scan.inventory.inputs().cluster,
    };
    scan.frameworks
        .iter()
        .flat_map(|framework| framework.requirements.iter().map(move |requirement| (framework, requirement)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(framework, requirement)| assessed(framework, requirement, &evidence, attestations))
        .collect()
}

/// The frameworks in numbers.
pub fn frameworks(frameworks: &[&'static Framework], requirements: &[AssessedRequirement]) -> Vec<AssessedFramework> {
    let count = |framework: &Framework, status| {
        requirements.iter().filter(|it| it.framework == framework.name && it.status == status).count()
    };
    let numbers = |framework: &&'static Framework| AssessedFramework {
        name: framework.name.clone(),
        title: framework.title.clone(),
        version: framework.version.clone(),
        satisfied: count(framework, Status::Satisfied),
        not_satisfied: count(framework, Status::NotSatisfied),
        not_evaluated: count(framework, Status::NotEvaluated),
        attested: count(framework, Status::Attested),
    };
    frameworks.iter().map(numbers).collect()
}

/// How the checks of one requirement came out.
#[derive(Default)]
struct Tally {
    open: usize,
    held: usize,
    accepted: usize,
    not_applicable: usize,
    passes: usize,
    gaps: Vec<Gap>,
    findings: Vec<Arc<str>>,
}

fn assessed(
    framework: &Framework,
    requirement: &Requirement,
    evidence: &Evidence<'_>,
    attestations: &Attestations<'_, '_>,
) -> AssessedRequirement {
    let mut tally = Tally::default();
    for check in &requirement.checks {
        tally.check(check, requirement, evidence);
    }
    let attested = attestations.of(&framework.name, &requirement.id).map(attested_by);
    for (need, shows) in requirement.open() {
        tally.part(need, shows, requirement, evidence, attested.is_some());
    }
    AssessedRequirement {
        framework: framework.name.clone(),
        id: requirement.id.clone(),
        title: requirement.title.clone(),
        section: requirement.section.clone(),
        status: tally.status(attested.is_some()),
        coverage: tally.coverage(),
        open: tally.open,
        held: tally.held,
        accepted: tally.accepted,
        not_applicable: tally.not_applicable,
        not_evaluated: tally.gaps,
        passes: tally.passes,
        findings: tally.findings,
        attested,
        question: requirement.attest.clone(),
    }
}

impl Tally {
    fn check(&mut self, name: &Arc<str>, requirement: &Requirement, evidence: &Evidence<'_>) {
        let Some(outcome) = evidence.outcomes.get(&**name) else { return };
        let findings = evidence.findings.get(&**name).map_or(&[][..], Vec::as_slice);
        self.findings.extend(findings.iter().map(|assessed| assessed.id.clone()));
        self.passes += outcome.examined.saturating_sub(outcome.failed);
        let open = findings.iter().any(|assessed| assessed.is_open());
        self.accepted += findings.iter().filter(|assessed| !assessed.is_open()).count();
        if open {
            self.open += 1;
        } else if let Some(gap) = &outcome.not_evaluated {
            let needs = gap.lacking.as_str().to_owned();
            let write = if evidence.no_register && needs == "register" { what_to_write(requirement) } else { None };
            let answer = write.unwrap_or_else(|| gap.answer.clone());
            self.gaps.push(Gap { check: Some(name.clone()), reason: gap.reason.clone(), answer, needs });
        } else if outcome.examined > 0 {
            self.held += 1;
        } else {
            self.not_applicable += 1;
        }
    }

    /// Evidence that no check gives. An attestation answers the person's part.
    fn part(&mut self, need: Need, shows: &str, requirement: &Requirement, evidence: &Evidence<'_>, attested: bool) {
        if need == Need::Person && attested {
            return;
        }
        let write = if need == Need::Register && evidence.no_register { what_to_write(requirement) } else { None };
        let answer = match need {
            Need::Person => "write an Attestation, or answer the question in the register's documents".to_owned(),
            Need::Cluster if evidence.cluster => "no check judges this from a cluster yet: look yourself".to_owned(),
            _ => write.unwrap_or_else(|| need.explains().to_owned()),
        };
        self.gaps.push(Gap { check: None, reason: shows.to_owned(), answer, needs: need.as_str().to_owned() });
    }

    fn status(&self, attested: bool) -> Status {
        if self.open > 0 {
            Status::NotSatisfied
        } else if attested {
            Status::Attested
        } else if self.held > 0 && self.gaps.is_empty() {
            Status::Satisfied
        } else {
            Status::NotEvaluated
        }
    }

    fn coverage(&self) -> Option<u8> {
        let evaluated = self.open + self.held;
        let all = evaluated + self.gaps.len();
        (all > 0).then(|| u8::try_from(evaluated * 100 / all).unwrap_or(100))
    }
}

/// The fields of the register that would answer it, where there is none yet.
fn what_to_write(requirement: &Requirement) -> Option<String> {
    let fields = requirement.register.iter().map(|field| &**field).collect::<Vec<_>>().join(", ");
    (!fields.is_empty()).then(|| format!("write {fields}: cloister register init PATH drafts it"))
}

fn attested_by(attestation: &cloister_register::Attestation<'_>) -> AttestedBy {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    AttestedBy {
        author: text(attestation.author().value()),
        date: attestation.date().value().map(|date| date.to_string()).unwrap_or_default(),
        statement: text(attestation.statement().value()),
        evidence: attestation.evidence().value().map(str::to_owned),
        expires: attestation.expires().value().map(|date| date.to_string()),
    }
}
