//! One assessment, from the snapshot to the ranked result.

use std::sync::Arc;

use cloister_checks::{Context, Entry, Judged, Outcome, Run};
use cloister_detect::profile::Profile;
use cloister_frameworks::Framework;
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, ResourceRef};
use cloister_policy::{Accepted, Attestations, Exceptions};
use cloister_register::{Exposure as AtRisk, Register};
use foldhash::{HashMap, HashSet};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::fingerprint;
use crate::spot::spots;
use crate::{
    Acceptance, AssessedFinding, Assessment, Baseline, CheckResult, Exposure, FailOn, RequirementRef, Subject, advice,
    excerpt, rank, status, summary,
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
    /// What the organisation says of detections, if it says something.
    pub profile: Option<&'a Profile>,
    /// What the assessment before came to, if it is known: what depends on nothing that changed is not judged anew. Nothing
    /// else changes by it.
    pub judged: Option<&'a mut Judged>,
}

/// Every check there is, those over decisions too.
pub fn all_entries() -> impl Iterator<Item = &'static Entry> {
    cloister_checks::entries().chain(cloister_policy::checks::CHECKS)
}

/// Runs every check and weighs what they find. The same input gives the same result.
pub fn assess(mut scan: Scan<'_>) -> Assessment {
    let mut exceptions = Exceptions::read(scan.register, scan.inventory, scan.today);
    let (mut told, judged) = (Vec::new(), scan.judged.take());
    let (mut outcomes, at_risk) =
        rayon::join(|| run_checks(&scan, &mut told, judged), || AtRisk::new(scan.register, scan.inventory));
    scan.diagnostics.extend(told);
    let weigh = Weigh::new(&scan, at_risk, &outcomes);
    let mut findings = weigh.all(&mut outcomes);
    for assessed in &mut findings {
        assessed.accepted = exceptions.accept(&assessed.finding).map(acceptance).map(Box::new);
    }
    let mut decisions = run_decisions(&exceptions, scan.register);
    findings.extend(weigh.all(&mut decisions));
    outcomes.extend(decisions);
    rank::sort(&mut findings);
    identify(&mut findings);
    finish(scan, &outcomes, &weigh.at_risk, findings)
}

fn run_checks(scan: &Scan<'_>, told: &mut Vec<Diagnostic>, judged: Option<&mut Judged>) -> Vec<Outcome> {
    let entries: Vec<&'static Entry> = cloister_checks::entries().collect();
    let context =
        Context { inventory: scan.inventory, register: scan.register, today: scan.today, profile: scan.profile };
    cloister_checks::run_and_tell(&entries, &context, told, judged)
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
    findings.par_iter_mut().for_each(|assessed| assessed.id = fingerprint::of(&assessed.finding));
    let mut seen: HashMap<Arc<str>, usize> = HashMap::default();
    for assessed in findings {
        let count = seen.entry(assessed.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            assessed.id = format!("{}-{count}", assessed.id).into();
        }
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
    let (requirements, places) = rayon::join(
        || status::requirements(outcomes, &findings, &attestations, &scan),
        || spots(findings.iter().filter(|assessed| assessed.is_open())),
    );
    let (advice, summary) = rayon::join(
        || advice::advise(&places, &findings, &requirements, ADVICE, |finding| excerpt::of(scan.inventory, finding)),
        || summary::summary(&findings, places.len(), &requirements, &scan, fixed.as_ref()),
    );
    let mut diagnostics = scan.diagnostics;
    diagnostics
        .sort_by(|left, right| (&left.file, left.line, left.column).cmp(&(&right.file, right.line, right.column)));
    Assessment {
        generator: "cloister",
        version: scan.version,
        assessed_at: scan.now,
        subject: summary::subject(scan.subject, scan.inventory, scan.register, at_risk),
        summary,
        advice,
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

fn acceptance(accepted: Accepted<'_>) -> Acceptance {
    Acceptance {
        reason: accepted.reason.to_owned(),
        owner: accepted.owner.to_owned(),
        expires: accepted.expires.to_string(),
        location: accepted.place.location(),
    }
}

/// Adds to a finding what makes it matter here.
struct Weigh<'a> {
    at_risk: AtRisk<'a>,
    /// Findings crowd on a few resources.
    known: HashMap<Option<ResourceRef>, Exposure>,
    requirements: HashMap<&'a str, Arc<[RequirementRef]>>,
}

impl<'a> Weigh<'a> {
    /// What the findings of `outcomes` share is found out on all threads.
    fn new(scan: &Scan<'a>, at_risk: AtRisk<'a>, outcomes: &[Outcome]) -> Weigh<'a> {
        let resources: HashSet<&Option<ResourceRef>> =
            outcomes.iter().flat_map(|outcome| &outcome.findings).map(|finding| &finding.resource).collect();
        let known = resources.into_par_iter().map(|resource| (resource.clone(), exposure(&at_risk, resource)));
        Weigh { known: known.collect(), at_risk, requirements: by_check(scan.frameworks) }
    }

    /// Takes the findings out of `outcomes`.
    fn all(&self, outcomes: &mut [Outcome]) -> Vec<AssessedFinding> {
        let mut all = Vec::with_capacity(outcomes.iter().map(|outcome| outcome.findings.len()).sum());
        all.extend(outcomes.iter_mut().flat_map(|outcome| self.findings_of(outcome)));
        all
    }

    fn findings_of(&self, outcome: &mut Outcome) -> impl Iterator<Item = AssessedFinding> + use<'_, 'a> {
        let findings = std::mem::take(&mut outcome.findings);
        let needed = !findings.is_empty();
        let remediation: Arc<str> = if needed { outcome.entry.docs().remedy_line().into() } else { Arc::default() };
        let requirements = self.requirements.get(outcome.entry.check.name).cloned().unwrap_or_default();
        findings.into_iter().map(move |finding| {
            let known = self.known.get(&finding.resource).cloned();
            let exposure = known.unwrap_or_else(|| exposure(&self.at_risk, &finding.resource));
            AssessedFinding {
                id: Arc::default(),
                remediation: remediation.clone(),
                rank: finding.severity.weight() * exposure.level.weight(),
                requirements: requirements.clone(),
                finding,
                exposure,
                accepted: None,
                change: None,
            }
        })
    }
}

/// The requirements that each check speaks for.
fn by_check<'a>(frameworks: &[&'a Framework]) -> HashMap<&'a str, Arc<[RequirementRef]>> {
    let mut requirements: HashMap<&str, Vec<RequirementRef>> = HashMap::default();
    for framework in frameworks {
        for requirement in &framework.requirements {
            let reference = RequirementRef { framework: framework.name.clone(), id: requirement.id.clone() };
            for check in &requirement.checks {
                requirements.entry(check).or_default().push(reference.clone());
            }
        }
    }
    requirements.into_iter().map(|(check, list)| (check, list.into())).collect()
}

/// What is absent altogether puts at risk whatever there is.
fn exposure(at_risk: &AtRisk<'_>, resource: &Option<ResourceRef>) -> Exposure {
    let at_risk = match resource {
        Some(resource) => at_risk.of_reference(resource),
        None => at_risk.of_everything(),
    };
    Exposure { level: at_risk.level, reason: at_risk.reason.to_string().into() }
}
