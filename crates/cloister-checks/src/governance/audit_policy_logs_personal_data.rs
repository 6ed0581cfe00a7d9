//! # What it does
//! Finds audit policies that write the bodies of requests or answers in namespaces in which the register places personal
//! data: of pods, ConfigMaps, workloads and custom resources.
//!
//! # Why it matters
//! What is in the log is copied to wherever logs go, kept as long as they are, and read by whoever may read them: another
//! store of personal data that no register names.
//!
//! # What to do
//! Put a rule `level: Metadata` with these namespaces before the rules of level Request and RequestResponse.
//!
//! # References
//! GDPR Art. 5(1)(c), 5(1)(f).

use cloister_model::{Resource, Severity};

use super::audit::{Content, OTHER, POLICIES, Probe, probes, report_content};
use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-logs-personal-data",
    title: "audit log holds content from namespaces with personal data",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Resource(POLICIES, judge),
};

fn judge<'a>(policy: &'a Resource, findings: &mut Findings<'a>) {
    let namespaces = findings.register().namespaces_with_personal_data();
    if namespaces.is_empty() {
        return findings.not_applicable();
    }
    let probes: Vec<Probe> = namespaces.keys().flat_map(|namespace| asked(namespace)).collect();
    let lines: String = namespaces.keys().map(|name| format!("    - {name}\n")).collect();
    let fix = format!("- level: Metadata\n  namespaces:\n{}", lines.trim_end());
    report_content(policy, &probes, Content::Any, Severity::Medium, &fix, findings);
}

fn asked(namespace: &str) -> Vec<Probe> {
    const ALL: [&str; 5] = ["get", "list", "create", "update", "patch"];
    let of = |what, group, kind| probes(what, &ALL, group, kind, namespace).collect::<Vec<_>>();
    [
        of("pods where personal data is", "", "pods"),
        of("ConfigMaps where personal data is", "", "configmaps"),
        of("workloads where personal data is", "apps", "deployments"),
        of("custom resources where personal data is", OTHER, OTHER),
    ]
    .concat()
}
