//! The numbers of an assessment.

use std::collections::BTreeMap;

use cloister_inventory::Inventory;
use cloister_model::{DiagnosticLevel, PersonalData};
use cloister_register::{Exposure, Register};

use crate::{AssessedFinding, AssessedRequirement, Change, FailOn, Scan, Status, Subject, Summary};

/// Counts findings, the places of the open ones, requirements and unreadable input.
pub fn summary(
    findings: &[AssessedFinding],
    open_places: usize,
    requirements: &[AssessedRequirement],
    scan: &Scan<'_>,
    fixed: Option<&Vec<String>>,
) -> Summary {
    let mut open: BTreeMap<&'static str, usize> = BTreeMap::new();
    for assessed in findings.iter().filter(|assessed| assessed.is_open()) {
        *open.entry(assessed.finding.severity.as_str()).or_default() += 1;
    }
    let changed = |change| findings.iter().filter(|assessed| assessed.change == Some(change)).count();
    let compared = fixed.is_some();
    Summary {
        open_total: open.values().sum(),
        open_places,
        open,
        accepted: findings.iter().filter(|assessed| !assessed.is_open()).count(),
        new: compared.then(|| changed(Change::New)),
        fixed: fixed.map(Vec::len),
        same: compared.then(|| changed(Change::Same)),
        unreadable: scan.diagnostics.iter().filter(|diagnostic| diagnostic.level == DiagnosticLevel::Error).count(),
        fail_on: scan.fail_on.as_str().to_owned(),
        over_threshold: over(findings, requirements, &scan.fail_on),
    }
}

fn over(findings: &[AssessedFinding], requirements: &[AssessedRequirement], fail_on: &FailOn) -> usize {
    match fail_on {
        FailOn::Never => 0,
        FailOn::Severity(least) => {
            findings.iter().filter(|assessed| assessed.is_open() && assessed.finding.severity >= *least).count()
        }
        FailOn::Framework(name) => requirements
            .iter()
            .filter(|requirement| *requirement.framework == **name && requirement.status == Status::NotSatisfied)
            .count(),
    }
}

/// Completes what the sources know by what the inventory knows.
pub fn subject(subject: Subject, inventory: &Inventory, register: &Register<'_>, at_risk: &Exposure<'_>) -> Subject {
    let levels: Vec<PersonalData> =
        register.workloads().iter().map(|workload| at_risk.of_resource(workload.resource).level).collect();
    Subject {
        resources: inventory.resources().len(),
        workloads: levels.len(),
        workloads_with_personal_data: levels.iter().filter(|level| **level > PersonalData::None).count(),
        workloads_with_special_data: levels.iter().filter(|level| **level == PersonalData::Special).count(),
        register: !register.is_empty(),
        ..subject
    }
}
