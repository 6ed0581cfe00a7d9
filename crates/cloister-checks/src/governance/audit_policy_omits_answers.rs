//! # What it does
//! Finds audit policies that omit the stage ResponseComplete of reading Secrets, of shells, or of changes.
//!
//! # Why it matters
//! Without the answer's line the log shows that something was asked for, and not whether it was given.
//!
//! # What to do
//! Omit RequestReceived, if anything: the line of the answer says all that it says.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1).

use std::collections::BTreeMap;

use cloister_audit::policy::{Asked, AuditPolicy, Level, Stage};
use cloister_model::{Place, Resource, Severity};
use cloister_rbac::Identity;

use super::audit::{OTHER, POLICIES, Probe, RBAC, listed, probes};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-omits-answers",
    title: "audit log does not show how requests ended",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, judge),
};

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let policy = AuditPolicy::new(resource);
    let somebody = Identity::authenticated(OTHER, []);
    let mut found: BTreeMap<Option<usize>, (Place<'a>, Vec<&str>)> = BTreeMap::new();
    for probe in asked() {
        let decision = policy.decide(&Asked { identity: Some(&somebody), action: &probe.action });
        let Some(rule) = decision.rule else { continue };
        if decision.level == Level::None || !decision.omitted.contains(&Stage::ResponseComplete) {
            continue;
        }
        let omits = |place: Place<'a>| place.node.strs_at("").any(|stage| stage == Stage::ResponseComplete.as_str());
        let own = policy.place(&rule).at("omitStages");
        let (index, place) = match own.missing.is_empty() && omits(own) {
            true => (Some(rule.index), own),
            false => (None, Place::whole(resource).at("omitStages")),
        };
        let (_, whats) = found.entry(index).or_insert_with(|| (place, Vec::new()));
        if !whats.contains(&probe.what) {
            whats.push(probe.what);
        }
    }
    for (place, whats) in found.into_values() {
        findings.report(place).message(format!("the audit log does not show how {} ended", listed(&whats)));
    }
}

fn asked() -> Vec<Probe> {
    probes("reading Secrets", &["get", "list"], "", "secrets", OTHER)
        .chain(probes("commands in pods", &["get", "create"], "", "pods/exec", OTHER))
        .chain(probes("changes of rights", &["create"], RBAC, "clusterrolebindings", ""))
        .chain(probes("changes of workloads", &["patch", "delete"], "apps", "deployments", OTHER))
        .collect()
}
