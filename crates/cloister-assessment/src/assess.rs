//! One assessment, from the snapshot to the ranked result.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cloister_checks::{Context, Entry, Outcome, Run};
use cloister_frameworks::Framework;
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, Finding, ResourceRef};
use cloister_policy::{Attestations, Exceptions};
use cloister_register::{Exposure as AtRisk, Register};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::fingerprint::{self, Fingerprints};
use crate::{
    Acceptance, AssessedFinding, Assessment, Baseline, CheckResult, Exposure, FailOn, RequirementRef, Subject, advice,
    rank, status, summary,
};

/// How many changes a report proposes.
const ADVICE: usize = 5;

/// All that an assessment is made from.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The snapshot.
    pub inventory: &'a Inventory,
    /// The record of processing in it.
    pub register: &'a Register<'a>,
    /// The frameworks asked for.
    pub frameworks: &'a [&'static Framework],
    /// What was looked at, as far as the sources know; counts of resources are added.
    pub subject: Subject,
    /// What went wrong with the input.
    pub diagnostics: Vec<Diagnostic>,
    /// An earlier report to compare with.
    pub baseline: Option<Baseline>,
    /// When the exit status says no.
    pub fail_on: FailOn,
    /// The day, which decides about expiry.
    pub today: Date,
    /// The moment, for the report: RFC 3339 in UTC.
    pub now: String,
    /// The program's version.
    pub version: &'static str,
}

/// Every check there is, those over decisions too.
pub fn all_entries() -> impl Iterator<Item = &'static Entry> {
    cloister_checks::entries().chain(cloister_policy::checks::CHECKS)
}

/// Runs every check and weighs what they find. The same input gives the same result.
pub fn assess(scan: Scan<'_>) -> Assessment {
    let mut exceptions = Exceptions::read(scan.register, scan.inventory, scan.today);
    let (mut outcomes, at_risk) = rayon::join(|| run_checks(&scan), || AtRisk::new(scan.register, scan.inventory));
    let mut weigh = Weigh::new(&scan, at_risk, &outcomes);
    let mut findings: Vec<AssessedFinding> = Vec::new();
    for outcome in &mut outcomes {
        for finding in std::mem::take(&mut outcome.findings) {
            findings.push(weigh.finding(outcome.entry, finding, &mut exceptions));
        }
    }
    let mut decisions = run_decisions(&exceptions, scan.register);
    for outcome in &mut decisions {
        for finding in std::mem::take(&mut outcome.findings) {
            findings.push(weigh.open_finding(outcome.entry, finding));
        }
    }
    outcomes.extend(decisions);
    rank::sort(&mut findings);
    identify(&mut findings);
    finish(scan, &outcomes, &weigh.at_risk, findings)
}

fn run_checks(scan: &Scan<'_>) -> Vec<Outcome> {
    let entries: Vec<&'static Entry> = cloister_checks::entries().collect();
    let context = Context { inventory: scan.inventory, register: scan.register, today: scan.today };
    cloister_checks::run(&entries, &context)
}

fn run_decisions(exceptions: &Exceptions<'_>, register: &Register<'_>) -> Vec<Outcome> {
    let entries: Vec<&'static Entry> = cloister_policy::checks::CHECKS.iter().collect();
    let known =
        |name: &str| all_entries().any(|entry| entry.check.name == name && !matches!(entry.check.run, Run::Policy));
    cloister_policy::checks::run(&entries, exceptions, register, &known)
}

/// Ids are given in the order of the report, so that equal findings are
/// counted the same way each time.
fn identify(findings: &mut [AssessedFinding]) {
    let digests: Vec<u64> = findings.par_iter().map(|assessed| fingerprint::digest(&assessed.finding)).collect();
    let mut fingerprints = Fingerprints::default();
    for (assessed, digest) in findings.iter_mut().zip(digests) {
        assessed.id = fingerprints.next(digest);
    }
}

fn finish(
    scan: Scan<'_>,
    outcomes: &[Outcome],
    at_risk: &AtRisk<'_>,
    mut findings: Vec<AssessedFinding>,
) -> Assessment {
    let fixed = scan.baseline.as_ref().map(|baseline| baseline.apply(&mut findings));
    let attestations = Attestations::holding(scan.register, scan.today);
    let requirements = status::requirements(outcomes, &findings, &attestations, &scan);
    let summary = summary::summary(&findings, &requirements, &scan.diagnostics, fixed.as_ref(), &scan.fail_on);
    let mut diagnostics = scan.diagnostics;
    diagnostics
        .sort_by(|left, right| (&left.file, left.line, left.column).cmp(&(&right.file, right.line, right.column)));
    Assessment {
        generator: "cloister",
        version: scan.version,
        assessed_at: scan.now,
        subject: summary::subject(scan.subject, scan.inventory, scan.register, at_risk),
        summary,
        advice: advice::advise(&findings, &requirements, ADVICE),
        findings,
        frameworks: status::frameworks(scan.frameworks, &requirements),
        requirements,
        checks: outcomes.iter().map(check_result).collect(),
        fixed,
        diagnostics,
    }
}

fn check_result(outcome: &Outcome) -> CheckResult {
    let check = outcome.entry.check;
    CheckResult {
        name: check.name,
        title: check.title,
        family: outcome.entry.family.folder(),
        severity: check.severity,
        examined: outcome.examined,
        failed: outcome.failed,
        not_evaluated: outcome.not_evaluated.as_ref().map(|reason| reason.reason.clone()),
    }
}

/// Adds to a finding what makes it matter here.
struct Weigh<'a> {
    at_risk: AtRisk<'a>,
    /// Findings crowd on a few resources.
    known: HashMap<Option<ResourceRef>, Exposure>,
    requirements: HashMap<&'a str, Arc<[RequirementRef]>>,
    remedies: HashMap<&'static str, String>,
}

impl<'a> Weigh<'a> {
    /// What the findings of `outcomes` share is found out on all threads.
    fn new(scan: &Scan<'a>, at_risk: AtRisk<'a>, outcomes: &[Outcome]) -> Weigh<'a> {
        let mut requirements: HashMap<&'a str, Vec<RequirementRef>> = HashMap::new();
        for framework in scan.frameworks {
            for requirement in &framework.requirements {
                let reference = RequirementRef { framework: framework.name.clone(), id: requirement.id.clone() };
                for check in &requirement.checks {
                    requirements.entry(check).or_default().push(reference.clone());
                }
            }
        }
        let found: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).collect();
        let resources: HashSet<&Option<ResourceRef>> =
            found.iter().flat_map(|outcome| &outcome.findings).map(|finding| &finding.resource).collect();
        let known = resources.into_par_iter().map(|resource| (resource.clone(), exposure(&at_risk, resource)));
        let remedies = found.par_iter().map(|outcome| (outcome.entry.check.name, outcome.entry.docs().remedy_line()));
        Weigh {
            known: known.collect(),
            remedies: remedies.collect(),
            at_risk,
            requirements: requirements.into_iter().map(|(check, list)| (check, list.into())).collect(),
        }
    }

    fn finding(&mut self, entry: &'static Entry, finding: Finding, exceptions: &mut Exceptions<'_>) -> AssessedFinding {
        let accepted = exceptions.accept(&finding).map(|accepted| Acceptance {
            reason: accepted.reason.to_owned(),
            owner: accepted.owner.to_owned(),
            expires: accepted.expires.to_string(),
            location: accepted.place.location(),
        });
        AssessedFinding { accepted, ..self.open_finding(entry, finding) }
    }

    fn open_finding(&mut self, entry: &'static Entry, finding: Finding) -> AssessedFinding {
        let exposure = self.exposure(&finding.resource);
        let remedy = self.remedies.entry(entry.check.name).or_insert_with(|| entry.docs().remedy_line());
        AssessedFinding {
            id: Arc::default(),
            remediation: remedy.clone(),
            rank: finding.severity.weight() * exposure.level.weight(),
            requirements: self.requirements.get(&*finding.check).cloned().unwrap_or_default(),
            finding,
            exposure,
            accepted: None,
            change: None,
        }
    }

    fn exposure(&mut self, resource: &Option<ResourceRef>) -> Exposure {
        if let Some(known) = self.known.get(resource) {
            return known.clone();
        }
        let exposure = exposure(&self.at_risk, resource);
        self.known.insert(resource.clone(), exposure.clone());
        exposure
    }
}

/// What is absent altogether puts at risk whatever there is.
fn exposure(at_risk: &AtRisk<'_>, resource: &Option<ResourceRef>) -> Exposure {
    let at_risk = match resource {
        Some(resource) => at_risk.of_reference(resource),
        None => at_risk.of_everything(),
    };
    Exposure { level: at_risk.level, reason: at_risk.reason.to_string() }
}
