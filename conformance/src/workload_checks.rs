//! Verdicts of kubescape's regolibrary on workloads, RBAC, networks and images,
//! against those of the checks that correspond.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloister_checks::{Context, Entry, by_name, run};
use cloister_inventory::{Inputs, Inventory, Scope, scope_of};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_register::Register;
use serde::Deserialize;

use crate::host_data;

/// Which rules correspond to which checks; where and why we differ; what we do not cover.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Rule → checks: the rule fails where any of them has a finding.
    pub mapped: BTreeMap<String, Vec<String>>,
    /// `rule/case` → why our verdict is another one.
    pub differences: BTreeMap<String, String>,
    /// Why → rules that no check corresponds to.
    pub unmapped: BTreeMap<String, Vec<String>>,
}

/// One case of the index.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rule.
    pub rule: String,
    /// The case of it.
    pub name: String,
    /// Whether the rule's authors say that it fails.
    pub fails: bool,
    folder: PathBuf,
}

impl Case {
    /// `rule/case`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.rule, self.name)
    }
}

/// The mapping, as it stands beside this crate.
pub fn mapping() -> anyhow::Result<Mapping> {
    serde_saphyr::from_str(include_str!("../workload-checks.yaml")).context("conformance/workload-checks.yaml")
}

/// Every case of the index.
pub fn cases(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let folder = folder.join("workload-checks");
    let index = fs::read_to_string(folder.join("index.tsv")).context("the index of workload-checks")?;
    let case = |line: &str| {
        let mut columns = line.split('\t');
        let (rule, name, verdict) = (columns.next()?, columns.next()?, columns.next()?);
        Some(Case {
            rule: rule.to_owned(),
            name: name.to_owned(),
            fails: verdict == "fail",
            folder: folder.join(rule).join(name),
        })
    };
    Ok(index.lines().skip(1).filter_map(case).collect())
}

/// The findings of `checks` on a case, as `check: Kind/name message`.
pub fn findings(case: &Case, checks: &[String]) -> anyhow::Result<Vec<String>> {
    let entries: Vec<&'static Entry> = checks
        .iter()
        .map(|name| by_name(name).with_context(|| format!("no check is called {name}")))
        .collect::<Result<_, _>>()?;
    let inventory = Inventory::new(resources(&case.folder.join("input"))?, inputs());
    let (register, _) = Register::from_inventory(&inventory);
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1), profile: None };
    let outcomes = run(&entries, &context);
    Ok(outcomes
        .iter()
        .flat_map(|outcome| &outcome.findings)
        .map(|finding| {
            let of = finding.resource.as_ref().map_or_else(String::new, |it| format!("{}/{}", it.kind, it.name));
            format!("{}: {of} {}", finding.check, finding.message)
        })
        .collect())
}

/// The cases are what a cluster lists, written into files.
fn inputs() -> Inputs {
    Inputs { files: true, cluster: true, ..Inputs::default() }
}

fn resources(folder: &Path) -> anyhow::Result<Vec<Resource>> {
    let mut resources = Vec::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let origin = Origin::File(name.as_str().into());
        let mut interner = Interner::default();
        for resource in parse(&text, &origin, 1, &mut interner).resources {
            let files: Vec<String> = host_files(&resource).collect();
            resources.push(resource);
            let read = files.iter().flat_map(|text| parse(text, &origin, 1, &mut interner).resources);
            resources.extend(read.collect::<Vec<_>>());
        }
    }
    let facts: Vec<serde_json::Value> = resources.iter().filter_map(|one| host_data::facts(one, &resources)).collect();
    for facts in facts {
        let origin = Origin::File("facts.json".into());
        resources.extend(parse(&facts.to_string(), &origin, 1, &mut Interner::default()).resources);
    }
    resources.iter_mut().for_each(place);
    Ok(resources)
}

/// The configurations of a control plane, which host data of that scanner hold in base64.
fn host_files(resource: &Resource) -> impl Iterator<Item = String> {
    let held = if &*resource.kind == "ControlPlaneInfo" { resource.root.entries_at("data/APIServerInfo") } else { &[] };
    held.iter().filter_map(|entry| {
        let bytes = STANDARD.decode(entry.node.str_at("content")?).ok()?;
        String::from_utf8(bytes).ok()
    })
}

/// A cluster lists no object without its namespace: the API server puts what names
/// none into `default`.
fn place(resource: &mut Resource) {
    if resource.namespace.is_none() && scope_of(resource) == Scope::Namespaced {
        resource.namespace = Some("default".into());
    }
}

/// What a full comparison came to.
#[derive(Debug, Default)]
pub struct Report {
    /// All cases.
    pub total: usize,
    /// Cases whose rule corresponds to checks.
    pub mapped: usize,
    /// Of those, equal verdicts.
    pub agreed: usize,
    /// Of the mapped ones, those that are made of host data alone, and how many of these agree.
    pub hosts: (usize, usize),
    /// Of those, other verdicts: id, what the case expects, and our findings.
    pub differing: Vec<(String, bool, Vec<String>)>,
    /// Rules that neither side of the mapping names.
    pub unlisted: Vec<String>,
    /// Cases of rules that no check corresponds to, by why.
    pub without: BTreeMap<String, usize>,
}

/// Whether a case is made of host data alone: no pod shows what it speaks of.
fn is_of_host(case: &Case) -> anyhow::Result<bool> {
    let resources = resources(&case.folder.join("input"))?;
    Ok(resources.iter().any(host_data::is_host_data) && !resources.iter().any(|resource| &*resource.kind == "Pod"))
}

/// Compares every case.
pub fn compare(folder: &Path, mapping: &Mapping) -> anyhow::Result<Report> {
    let mut report = Report::default();
    for case in cases(folder)? {
        report.total += 1;
        let Some(checks) = mapping.mapped.get(&case.rule) else {
            match mapping.unmapped.iter().find(|(_, rules)| rules.contains(&case.rule)) {
                Some((why, _)) => *report.without.entry(why.clone()).or_default() += 1,
                None if report.unlisted.contains(&case.rule) => {}
                None => report.unlisted.push(case.rule),
            }
            continue;
        };
        report.mapped += 1;
        let of_host = is_of_host(&case)?;
        report.hosts.0 += usize::from(of_host);
        let found = findings(&case, checks)?;
        if found.is_empty() == case.fails {
            report.differing.push((case.id(), case.fails, found));
        } else {
            report.agreed += 1;
            report.hosts.1 += usize::from(of_host);
        }
    }
    Ok(report)
}

/// What `docs/conformance.md` says of it.
pub fn page(report: &Report, mapping: &Mapping) -> String {
    let ((hosts, hosts_agreed), share) = (report.hosts, |agreed: usize, of: usize| 100.0 * agreed as f64 / of as f64);
    let (others, others_agreed) = (report.mapped - hosts, report.agreed - hosts_agreed);
    let mut text = format!(
        "{} cases of kubescape's regolibrary (Apache-2.0): {} belong to rules to which checks of ours correspond, and {} of those\n\
         verdicts agree ({:.1} %). {hosts} of them are made of host data alone, which are translated into facts of nodes\n\
         ({hosts_agreed} agree); of the other {others}, {others_agreed} do ({:.1} %). Each of the {} others stands with its reason in\n\
         `conformance/workload-checks.yaml`, and so does each rule without a check.\n\n\
         | cases without a check | why |\n| ---: | --- |\n",
        report.total,
        report.mapped,
        report.agreed,
        share(report.agreed, report.mapped),
        share(others_agreed, others),
        report.mapped - report.agreed,
    );
    let mut rows: Vec<(&String, &usize)> = report.without.iter().collect();
    rows.sort_by_key(|(why, cases)| (std::cmp::Reverse(**cases), *why));
    for (why, cases) in rows {
        text += &format!("| {cases} | {why} |\n");
    }
    text + "\n| verdicts that differ | why |\n| ---: | --- |\n" + &reasons(report, mapping)
}

/// Why verdicts differ, the most frequent reasons first.
fn reasons(report: &Report, mapping: &Mapping) -> String {
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, ..) in &report.differing {
        let reason = mapping.differences.get(id).map_or("no reason is listed", String::as_str);
        *by_reason.entry(reason).or_default() += 1;
    }
    let mut rows: Vec<(&str, usize)> = by_reason.into_iter().collect();
    rows.sort_by_key(|(why, cases)| (std::cmp::Reverse(*cases), *why));
    rows.into_iter().map(|(why, cases)| format!("| {cases} | {} |\n", why.trim())).collect()
}
