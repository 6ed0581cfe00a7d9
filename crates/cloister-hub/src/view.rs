//! A view of a snapshot: what somebody sees who may not see all of it. It is a snapshot of its own, in which there is nothing
//! that is not theirs, so that no page and no list has to think of it.
//!
//! What counts over all namespaces is counted anew over those that are seen, or left out where that cannot be: the state of a
//! requirement is what the findings in view say, and an attestation speaks for the whole. What belongs to no namespace (roles of
//! the cluster, nodes, what is missing altogether, what could not be read) is not in view, for it names what is elsewhere.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::read::{CheckResult, Finding, Report, Summary};
use crate::snapshot::Snapshot;
use crate::who::scope::{Namespaces, Scope};
use cloister_assessment::{Advice, AssessedFramework, AssessedRequirement, Exposure, Gap, Status, Subject};

/// Views that were made of one snapshot, the last used last.
#[derive(Debug, Default)]
pub struct Views(Mutex<Vec<(Namespaces, Making)>>);

/// One that is made, or is being made by the first who wants it.
type Making = Arc<OnceLock<Arc<Snapshot>>>;

/// More are not kept: who comes again after so many others waits a moment.
const MOST: usize = 32;
/// So much advice is given, as a scan gives it.
const ADVICE: usize = 5;

impl Snapshot {
    /// What this scope shows of it; `None` where that is nothing, and the source is not named.
    pub fn view(self: &Arc<Snapshot>, scope: &Scope) -> Option<Arc<Snapshot>> {
        let Some(within) = scope.of(&self.source) else { return Some(self.clone()) };
        let view = self.views.get(&within);
        let view = view.get_or_init(|| {
            let mut more = self.more.within(|resource| within.see(resource), |id| self.shows(&within, id));
            more.objects = self.more.objects.within(&within, &more.map);
            Arc::new(Snapshot::new(self.source.clone(), report(self, &within), more).limited_to(within))
        });
        (scope.names(&self.source) || !view.resources.is_empty()).then(|| view.clone())
    }

    fn shows(&self, within: &Namespaces, id: &str) -> bool {
        self.finding(id).is_some_and(|one| sees(within, one))
    }
}

impl Views {
    fn get(&self, within: &Namespaces) -> Making {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|(known, _)| known == within).map(|at| all.remove(at));
        let (key, view) = known.unwrap_or_else(|| (within.clone(), Arc::default()));
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push((key, view.clone()));
        view
    }
}

fn sees(within: &Namespaces, one: &Finding) -> bool {
    one.resource.as_deref().is_some_and(|resource| within.see(resource))
}

/// Whether a word of a text is one of these names.
pub fn names_one_of(names: &HashSet<Arc<str>>, text: &str) -> bool {
    let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
    text.split(|sign| !is_of_name(sign)).any(|word| names.contains(word))
}

/// What is asked of texts: whether they name a namespace that is not in view.
struct Names<'s> {
    hidden: HashSet<Arc<str>>,
    titles: HashMap<&'s str, &'s str>,
}

impl<'s> Names<'s> {
    fn new(whole: &'s Snapshot, within: &Namespaces) -> Names<'s> {
        Names {
            hidden: whole.all_namespaces().into_iter().filter(|name| !within.has(name)).collect(),
            titles: whole.report.checks.iter().map(|one| (&*one.name, &*one.title)).collect(),
        }
    }

    /// Whether a word of the text is one of them.
    fn hides(&self, text: &str) -> bool {
        names_one_of(&self.hidden, text)
    }

    /// The text, unless it names one.
    fn clear<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(text).filter(|text| !self.hides(text))
    }

    /// A finding, its texts only where they name nothing that is not in view; in place of what it says stands what its check
    /// looks for.
    fn finding(&self, one: &Finding) -> Finding {
        let title = || self.titles.get(&*one.check).copied().unwrap_or("it names what you may not see");
        let accepted = one.accepted.clone().map(|mut accepted| {
            if self.hides(&accepted.reason) {
                accepted.reason = String::new();
            }
            accepted
        });
        Finding {
            message: self.clear(&one.message).unwrap_or_else(title).into(),
            fix: one.fix.clone().filter(|fix| !self.hides(fix)),
            remediation: if self.hides(&one.remediation) { "".into() } else { one.remediation.clone() },
            exposure: Exposure {
                level: one.exposure.level,
                reason: if self.hides(&one.exposure.reason) { "".into() } else { one.exposure.reason.clone() },
            },
            accepted,
            ..one.clone()
        }
    }
}

fn report(whole: &Snapshot, within: &Namespaces) -> Report {
    let names = Names::new(whole, within);
    let said = &whole.report;
    let seen = said.findings.iter().filter(|one| sees(within, one));
    let findings: Vec<Arc<Finding>> = seen.map(|one| Arc::new(names.finding(one))).collect();
    let requirements = requirements(&said.requirements, &findings);
    Report {
        generator: said.generator.clone(),
        version: said.version.clone(),
        assessed_at: said.assessed_at.clone(),
        subject: Subject {
            targets: Vec::new(),
            title: names.clear(&said.subject.title).unwrap_or(&whole.source).to_owned(),
            files: 0,
            rendered: 0,
            other_documents: 0,
            resources: whole.resources.keys().filter(|one| within.see(one)).count(),
            workloads: 0,
            workloads_with_personal_data: 0,
            workloads_with_special_data: 0,
            register: said.subject.register,
        },
        summary: summary(&findings),
        advice: advice(&findings),
        frameworks: said.frameworks.iter().map(|one| framework(one, &requirements)).collect(),
        checks: said.checks.iter().map(|one| check(one, &findings, &names)).collect(),
        findings,
        requirements,
        diagnostics: Vec::new(),
    }
}

fn summary(findings: &[Arc<Finding>]) -> Summary {
    let mut summary = Summary::default();
    let mut places = HashSet::new();
    for one in findings {
        if !one.is_open() {
            summary.accepted += 1;
            continue;
        }
        *summary.open.entry(one.severity.as_str().to_owned()).or_default() += 1;
        summary.open_total += 1;
        places.insert((&one.resource, &one.pointer));
    }
    summary.open_places = places.len();
    summary
}

/// The first of each check, as findings are ranked.
fn advice(findings: &[Arc<Finding>]) -> Vec<Advice> {
    let (mut led, mut advice) = (HashSet::new(), Vec::new());
    for one in findings.iter().filter(|one| one.is_open()) {
        if advice.len() == ADVICE {
            break;
        }
        if !led.insert(&one.check) {
            continue;
        }
        let same = findings.iter().filter(|other| other.is_open() && other.check == one.check);
        let elsewhere: HashSet<_> = same.map(|other| &other.resource).filter(|place| **place != one.resource).collect();
        advice.push(Advice {
            check: one.check.clone(),
            others: Vec::new(),
            message: one.message.to_string(),
            severity: one.severity,
            exposure: one.exposure.clone(),
            resource: one.resource.as_deref().cloned(),
            location: one.location.clone(),
            excerpt: None,
            remediation: one.remediation.clone(),
            fix: one.fix.as_deref().map(str::to_owned),
            requirements: one.requirements.to_vec(),
            findings: vec![one.id.clone()],
            elsewhere: elsewhere.len(),
        });
    }
    advice
}

/// As the findings in view have it. That nothing in view speaks against one does not mean that it is met.
fn requirements(all: &[AssessedRequirement], findings: &[Arc<Finding>]) -> Vec<AssessedRequirement> {
    let known: HashMap<&str, &Finding> = findings.iter().map(|one| (&*one.id, &**one)).collect();
    let judge = |one: &AssessedRequirement| {
        let against: Vec<&Finding> = one.findings.iter().filter_map(|id| known.get(&**id).copied()).collect();
        let open: HashSet<&str> = against.iter().filter(|one| one.is_open()).map(|one| &*one.check).collect();
        let gap = Gap {
            check: None,
            reason: "only some namespaces are in view".to_owned(),
            answer: "ask somebody who may see the whole".to_owned(),
            needs: "permission".to_owned(),
        };
        AssessedRequirement {
            framework: one.framework.clone(),
            id: one.id.clone(),
            title: one.title.clone(),
            section: one.section.clone(),
            status: if open.is_empty() { Status::NotEvaluated } else { Status::NotSatisfied },
            open: open.len(),
            held: 0,
            accepted: against.iter().filter(|one| !one.is_open()).count(),
            not_applicable: 0,
            not_evaluated: vec![gap],
            coverage: None,
            passes: 0,
            findings: against.into_iter().map(|one| one.id.clone()).collect(),
            attested: None,
            question: one.question.clone(),
        }
    };
    all.iter().map(judge).collect()
}

fn framework(one: &AssessedFramework, requirements: &[AssessedRequirement]) -> AssessedFramework {
    let of = |status| requirements.iter().filter(|its| its.framework == one.name && its.status == status).count();
    AssessedFramework {
        name: one.name.clone(),
        title: one.title.clone(),
        version: one.version.clone(),
        satisfied: of(Status::Satisfied),
        not_satisfied: of(Status::NotSatisfied),
        not_evaluated: of(Status::NotEvaluated),
        attested: of(Status::Attested),
    }
}

/// How many a check looked at in view is not known: those with findings are.
fn check(one: &CheckResult, findings: &[Arc<Finding>], names: &Names<'_>) -> CheckResult {
    let places: HashSet<_> = findings.iter().filter(|its| *its.check == *one.name).map(|its| &its.resource).collect();
    CheckResult {
        name: one.name.clone(),
        title: one.title.clone(),
        family: one.family.clone(),
        severity: one.severity,
        examined: places.len(),
        failed: places.len(),
        not_evaluated: one.not_evaluated.clone().filter(|why| !names.hides(why)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Supplement;
    use crate::trials::report;

    fn whole() -> Arc<Snapshot> {
        let mut value = report::value();
        value["findings"][1]["resource"]["namespace"] = "hidden".into();
        let report = Report::read(value.to_string().as_bytes()).unwrap();
        Arc::new(Snapshot::new("shop".into(), report, Supplement::default()))
    }

    #[test]
    fn numbers_are_those_of_what_is_seen_and_nothing_passes_for_met() {
        let (whole, scope) = (whole(), Scope::read("shop").unwrap());
        let view = whole.view(&scope).unwrap();
        assert_eq!(view.report.findings.len(), 1);
        assert_eq!((view.report.summary.open_total, view.report.subject.resources), (1, 1));
        assert_eq!(view.namespaces.keys().map(|name| &**name).collect::<Vec<_>>(), ["shop"]);
        let security = view.requirement("gdpr", "32(1)(b)").unwrap();
        assert_eq!((security.open, security.findings.len()), (1, 1));
        assert!(view.report.requirements.iter().all(|one| one.held == 0 && one.status != Status::Satisfied));
        assert!(view.limited().is_some() && whole.limited().is_none());
        assert!(Arc::ptr_eq(&view, &whole.view(&scope).unwrap()), "it is made once");
        assert!(Arc::ptr_eq(&whole, &whole.view(&Scope::Whole).unwrap()));
    }

    #[test]
    fn what_changes_out_of_view_changes_no_digest_of_a_view() {
        let scope = Scope::read("shop").unwrap();
        let mut value = report::value();
        value["findings"][1]["resource"]["namespace"] = "hidden".into();
        value["findings"][1]["accepted"] =
            serde_json::json!({"reason": "r", "owner": "o", "expires": "2027-01-01", "location": null});
        value["requirements"][1]["status"] = "satisfied".into();
        value["checks"][0]["examined"] = 7.into();
        value["subject"]["resources"] = 70.into();
        let report = Report::read(value.to_string().as_bytes()).unwrap();
        let other = Arc::new(Snapshot::new("shop".into(), report, Supplement::default()));
        assert_ne!(whole().digest, other.digest);
        assert_eq!(whole().view(&scope).unwrap().digest, other.view(&scope).unwrap().digest);
    }

    #[test]
    fn a_source_of_which_nothing_is_seen_is_there_only_for_whom_it_is_named() {
        let whole = whole();
        assert!(whole.view(&Scope::read("elsewhere").unwrap()).is_none());
        assert!(whole.view(&Scope::read("other/shop").unwrap()).is_none() && whole.view(&Scope::nothing()).is_none());
        assert!(whole.view(&Scope::read("shop/elsewhere").unwrap()).unwrap().report.findings.is_empty());
    }

    #[test]
    fn views_are_bounded() {
        let whole = whole();
        for at in 0..3 * MOST {
            let _ = whole.view(&Scope::read(&format!("shop,n{at}")).unwrap());
        }
        assert_eq!(whole.views.0.lock().unwrap().len(), MOST);
    }

    proptest! {
        /// Whatever a finding says around it, the name of a hidden namespace is in no text of a view.
        #[test]
        fn no_text_names_what_is_hidden(before in "[a-z \"'/:.,()]{0,12}[ \"'/:.,(]", after in "([ \"'/:.,)][a-z \"'/:.,()]{0,12})?") {
            let text = format!("{before}hidden{after}");
            let mut value = report::value();
            value["findings"][1]["resource"]["namespace"] = "hidden".into();
            for field in ["message", "fix", "remediation"] {
                value["findings"][0][field] = text.clone().into();
            }
            value["findings"][0]["exposure"]["reason"] = text.clone().into();
            value["checks"][0]["notEvaluated"] = text.into();
            let report = Report::read(value.to_string().as_bytes()).unwrap();
            let whole = Arc::new(Snapshot::new("shop".into(), report, Supplement::default()));
            let view = whole.view(&Scope::read("shop").unwrap()).unwrap();
            prop_assert!(!serde_json::to_string(&view.report).unwrap().contains("hidden"));
        }
    }
}
