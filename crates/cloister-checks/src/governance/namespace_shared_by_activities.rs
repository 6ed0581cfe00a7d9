//! # What it does
//! Finds namespaces in which activities with different purposes run side by side,
//! though neither says that they are compatible.
//!
//! # Why it matters
//! A namespace is the border of RBAC, quotas and default policies: what shares it
//! shares Secrets and service accounts within reach.
//!
//! # What to do
//! Give each purpose a namespace of its own; or state in `compatibleWith` why they
//! may share one.
//!
//! # References
//! GDPR Art. 5(1)(b), 25(1). CIS 5.6.1.

use std::collections::{HashMap, HashSet};

use cloister_model::Severity;

use cloister_inventory::Inventory;
use cloister_model::Subject;
use cloister_register::ProcessingActivity;

use super::purposes::crossing;
use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "namespace-shared-by-activities",
    title: "namespace is shared by activities of different purposes",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(
        &["ProcessingActivity", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"],
        |findings| {
            let activities = by_namespace(findings);
            for (namespace, object) in findings.inventory().namespaces() {
                let Some(activities) = activities.get(namespace).filter(|all| !all.is_empty()) else { continue };
                let crossed = crossing(activities);
                findings.examine(crossed.is_some());
                if let Some((one, other)) = crossed {
                    let subject =
                        object.map_or_else(|| Subject::Named(Inventory::namespace_reference(namespace)), Subject::from);
                    findings.report(subject).message(format!(
                        "namespace \"{namespace}\" is shared by \"{}\" and \"{}\"",
                        one.name(),
                        other.name()
                    ));
                }
            }
        },
    ),
};

/// The activities that have workloads in each namespace, each once.
fn by_namespace<'a>(findings: &Findings<'a>) -> HashMap<&'a str, Vec<&'a ProcessingActivity<'a>>> {
    let register = findings.register();
    let mut activities: HashMap<&str, Vec<&ProcessingActivity<'_>>> = HashMap::new();
    let mut known = HashSet::new();
    for workload in register.workloads() {
        let here = activities.entry(workload.namespace()).or_default();
        let all = register.activities_of(workload.resource).into_iter();
        here.extend(all.filter(|activity| known.insert((workload.namespace(), activity.name()))));
    }
    activities
}
