//! # What it does
//! Finds audit policies that write nothing of what is read, changed or deleted in namespaces in which the register
//! places personal data: pods and their logs, ConfigMaps, volumes, workloads.
//!
//! # Why it matters
//! What was looked at, and by whom, is the first question after a breach, and the register says where it will be asked.
//!
//! # What to do
//! Put a rule `level: Metadata` with these namespaces before the rules of level None.
//! `cloister harden audit-policy` writes one.
//!
//! # References
//! GDPR Art. 5(2), 32(4), 33(1).

use std::collections::BTreeMap;

use cloister_audit::policy::{Asked, AuditPolicy};
use cloister_model::{Place, Resource, Severity};

use super::audit::{POLICIES, Probe, listed, people, place, probes};
use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-misses-personal-data",
    title: "audit policy leaves out a namespace with personal data",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Resource(POLICIES, judge),
};

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let namespaces = findings.register().namespaces_with_personal_data();
    if namespaces.is_empty() {
        return findings.not_applicable();
    }
    let policy = AuditPolicy::new(resource);
    let people = people(&policy);
    let mut found: BTreeMap<Option<usize>, (Place<'a>, Vec<&str>)> = BTreeMap::new();
    for namespace in namespaces.keys() {
        for (probe, somebody) in asked(namespace).iter().flat_map(|probe| people.iter().map(move |who| (probe, who))) {
            let asked = Asked { identity: Some(somebody.identity()), action: &probe.action };
            let decision = policy.decide(&asked);
            if decision.stages(&asked).is_empty() {
                let rule = decision.rule.map(|rule| rule.index);
                let (_, hidden) = found.entry(rule).or_insert_with(|| (place(&policy, &decision), Vec::new()));
                if !hidden.contains(namespace) {
                    hidden.push(namespace);
                }
            }
        }
    }
    for (place, hidden) in found.into_values() {
        let first = hidden.first().and_then(|name| namespaces.get(name)).cloned().unwrap_or_default();
        let lines: String = hidden.iter().map(|name| format!("    - {name}\n")).collect();
        findings
            .report(place)
            .message(format!(
                "of personal data in {} ({first}), not all that is read or done is written",
                listed(&hidden)
            ))
            .fix(format!("- level: Metadata\n  namespaces:\n{}", lines.trim_end()));
    }
}

fn asked(namespace: &str) -> Vec<Probe> {
    const WHAT: &str = "personal data";
    const ALL: [&str; 7] = ["get", "list", "create", "update", "patch", "delete", "deletecollection"];
    let core = ["pods", "configmaps", "persistentvolumeclaims"];
    core.iter()
        .flat_map(|kind| probes(WHAT, &ALL, "", kind, namespace))
        .chain(probes(WHAT, &["get"], "", "pods/log", namespace))
        .chain(["deployments", "statefulsets"].iter().flat_map(|kind| probes(WHAT, &ALL, "apps", kind, namespace)))
        .collect()
}
