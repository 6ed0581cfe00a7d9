//! What is known of one source, with what it takes to answer quickly.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cloister_assessment::AssessedRequirement;
use cloister_model::{PersonalData, ResourceRef, Severity};
use cloister_rules::Ground;
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::questions::Answers;
use crate::read::{self, Finding, Print, Report};
use crate::search::Search;
use crate::sources::supplement::Supplement;
use crate::view::Views;
use crate::who::scope::Namespaces;

/// One assessment of one source, indexed. It never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The source's name.
    pub source: Arc<str>,
    /// What was assessed.
    pub report: Report,
    /// What a scan's JSON does not hold.
    pub more: Arc<Supplement>,
    /// Changes when what is said changes.
    pub digest: String,
    /// By namespace and for the whole.
    pub namespaces: BTreeMap<Arc<str>, Tally>,
    /// Every resource that something was found on, or that was read, by its name.
    pub resources: BTreeMap<Arc<ResourceRef>, Vec<u32>>,
    /// Parts of it, for who may not see the whole.
    pub views: Views,
    /// Answers that were given of it.
    pub answers: Answers,
    limited: Option<Namespaces>,
    by_id: HashMap<Arc<str>, u32>,
    by_check: HashMap<Arc<str>, Vec<u32>>,
    requirements: HashMap<(Arc<str>, Arc<str>), usize>,
    /// Of each finding, in their order.
    prints: Vec<Print>,
    glances: Vec<Glance>,
    search: OnceLock<Search>,
}

/// What lists of findings are narrowed by most, close together: tens of thousands are looked through for a page.
#[derive(Clone, Copy, Debug)]
pub struct Glance {
    /// How bad.
    pub severity: Severity,
    /// The personal data at risk.
    pub level: PersonalData,
    /// Whether nobody accepted it.
    pub is_open: bool,
}

/// What was found in one namespace.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Resources.
    pub resources: usize,
    /// Open findings, by severity as it is numbered.
    pub open: [usize; 5],
    /// Accepted ones.
    pub accepted: usize,
    /// The most sensitive data of what was found.
    pub level: PersonalData,
}

impl Tally {
    /// All open ones.
    pub fn open_total(&self) -> usize {
        self.open.iter().sum()
    }

    /// Those of one severity.
    pub fn of(&self, severity: Severity) -> usize {
        self.open.get(severity as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, finding: &Finding) {
        self.level = self.level.max(finding.exposure.level);
        match self.open.get_mut(finding.severity as usize) {
            Some(number) if finding.is_open() => *number += 1,
            _ => self.accepted += 1,
        }
    }
}

impl Glance {
    fn of(one: &Finding) -> Glance {
        Glance { severity: one.severity, level: one.exposure.level, is_open: one.is_open() }
    }
}

impl Snapshot {
    /// Indexes it.
    pub fn new(source: Arc<str>, report: Report, more: Supplement) -> Snapshot {
        Snapshot::after(None, source, report, more.into())
    }

    /// The same, where the one before is known: what it shares with it is not looked at again.
    pub fn after(before: Option<&Snapshot>, source: Arc<str>, report: Report, more: Arc<Supplement>) -> Snapshot {
        let prints: Vec<Print> = report.findings.par_iter().map(|one| print_of(before, one)).collect();
        let mut snapshot = Snapshot {
            digest: report.digest(&prints),
            source,
            namespaces: BTreeMap::new(),
            resources: BTreeMap::new(),
            views: Views::default(),
            answers: Answers::default(),
            limited: None,
            by_id: HashMap::with_capacity(report.findings.len()),
            by_check: HashMap::default(),
            requirements: HashMap::default(),
            prints,
            glances: report.findings.iter().map(|one| Glance::of(one)).collect(),
            search: OnceLock::new(),
            report,
            more,
        };
        snapshot.index();
        snapshot
    }

    /// Says that it is a view: these namespaces alone are in it.
    #[must_use]
    pub fn limited_to(self, within: Namespaces) -> Snapshot {
        Snapshot { limited: Some(within), ..self }
    }

    /// The namespaces that are in view; `None` where it is the whole.
    pub fn limited(&self) -> Option<&Namespaces> {
        self.limited.as_ref()
    }

    /// The names of all namespaces: those that something lies in, and those that are there themselves.
    pub fn all_namespaces(&self) -> Vec<Arc<str>> {
        let of_cluster = self.resources.keys().filter(|one| &*one.api_version == "v1" && &*one.kind == "Namespace");
        let mut all: Vec<Arc<str>> = of_cluster.map(|one| one.name.clone()).collect();
        all.extend(self.namespaces.keys().filter(|name| !name.is_empty()).cloned());
        all.sort_unstable();
        all.dedup();
        all
    }

    fn index(&mut self) {
        // By its address: what is the same resource is held once, and thousands of findings speak of few.
        let mut of_resource: HashMap<*const ResourceRef, (Arc<ResourceRef>, Vec<u32>)> = HashMap::default();
        for (at, finding) in (0..).zip(&self.report.findings) {
            self.by_id.insert(finding.id.clone(), at);
            match self.by_check.get_mut(&finding.check) {
                Some(all) => all.push(at),
                None => _ = self.by_check.insert(finding.check.clone(), vec![at]),
            }
            if let Some(resource) = &finding.resource {
                let new = || (resource.clone(), Vec::new());
                of_resource.entry(Arc::as_ptr(resource)).or_insert_with(new).1.push(at);
            }
            match self.namespaces.get_mut(finding.namespace()) {
                Some(tally) => tally.add(finding),
                None => self.namespaces.entry(finding.namespace().into()).or_default().add(finding),
            }
        }
        for (resource, mut all) in of_resource.into_values() {
            self.resources.entry(resource).or_default().append(&mut all);
        }
        self.resources.values_mut().for_each(|all| all.sort_unstable());
        for text in &self.more.resources {
            self.resources.entry(text.resource.clone()).or_default();
        }
        for resource in self.resources.keys() {
            let namespace = resource.namespace.clone().unwrap_or_else(|| "".into());
            self.namespaces.entry(namespace).or_default().resources += 1;
        }
        let requirements = self.report.requirements.iter().enumerate();
        self.requirements = requirements.map(|(at, one)| ((one.framework.clone(), one.id.clone()), at)).collect();
    }

    /// What rules over audit events take for granted. Of what agents hand in only the findings tell which namespaces hold
    /// personal data.
    pub fn ground(&self) -> Ground {
        if let Some(ground) = &self.more.ground {
            return ground.clone();
        }
        let at_risk = self.report.findings.iter().filter(|one| one.exposure.level > PersonalData::None);
        let named = at_risk.filter(|one| !one.namespace().is_empty());
        let personal = named.map(|one| (one.namespace().to_owned(), one.exposure.reason.to_string())).collect();
        Ground { personal, ..Ground::default() }
    }

    /// The finding of this name.
    pub fn finding(&self, id: &str) -> Option<&Finding> {
        self.shared(id).map(|one| &**one)
    }

    /// The same, to be held beyond this.
    pub fn shared(&self, id: &str) -> Option<&Arc<Finding>> {
        self.report.findings.get(*self.by_id.get(id)? as usize)
    }

    /// The place of a finding in the ranking.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).map(|at| *at as usize)
    }

    /// What a check found.
    pub fn of_check(&self, check: &str) -> impl Iterator<Item = &Finding> {
        self.pick(self.by_check.get(check).map_or(&[], Vec::as_slice))
    }

    /// What was found on a resource.
    pub fn of_resource(&self, resource: &ResourceRef) -> impl Iterator<Item = &Finding> {
        self.pick(self.resources.get(resource).map_or(&[], Vec::as_slice))
    }

    fn pick<'a>(&'a self, at: &'a [u32]) -> impl Iterator<Item = &'a Finding> {
        at.iter().filter_map(|at| self.report.findings.get(*at as usize)).map(|one| &**one)
    }

    /// One requirement.
    pub fn requirement(&self, framework: &str, id: &str) -> Option<&AssessedRequirement> {
        self.report.requirements.get(*self.requirements.get(&(framework.into(), id.into()))?)
    }

    /// The requirements of one framework, in its order.
    pub fn of_framework<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a AssessedRequirement> {
        self.report.requirements.iter().filter(move |one| &*one.framework == name)
    }

    /// Resources of this kind, namespace and name: of each group that has such a kind.
    pub fn named<'a>(
        &'a self,
        (kind, namespace, name): (&'a str, Option<&'a str>, &'a str),
    ) -> impl Iterator<Item = &'a Arc<ResourceRef>> {
        self.resources
            .keys()
            .filter(move |one| &*one.kind == kind && one.namespace.as_deref() == namespace && &*one.name == name)
    }

    /// Findings with what of each is known at a glance.
    pub fn glances(&self) -> impl Iterator<Item = (&Glance, &Arc<Finding>)> {
        self.glances.iter().zip(&self.report.findings)
    }

    /// To look for words: made when the first comes who looks.
    pub fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::of(&self.report.findings, self.resources.keys()))
    }
}

fn print_of(before: Option<&Snapshot>, one: &Arc<Finding>) -> Print {
    let known = before.and_then(|before| {
        let at = *before.by_id.get(&one.id)? as usize;
        let is_it = Arc::ptr_eq(before.report.findings.get(at)?, one);
        before.prints.get(at).filter(|_| is_it)
    });
    known.copied().unwrap_or_else(|| read::print(one))
}
