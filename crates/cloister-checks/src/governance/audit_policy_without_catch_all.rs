//! # What it does
//! Finds audit policies by which changes of a resource that no rule names are not written: what no rule matches is level
//! None.
//!
//! # Why it matters
//! Resources come with every operator that is installed, and a policy that lists those of today says nothing of them.
//!
//! # What to do
//! End the policy with `- level: Metadata`.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, "Auditing".

use cloister_audit::policy::{Asked, AuditPolicy};
use cloister_model::{Resource, Severity};
use cloister_rbac::Identity;

use super::audit::{CHANGES, OTHER, POLICIES, place, probes};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-without-catch-all",
    title: "audit policy has no rule for what it does not name",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(POLICIES, judge),
};

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let policy = AuditPolicy::new(resource);
    let somebody = Identity::authenticated(OTHER, []);
    let hidden = probes("", &CHANGES, OTHER, OTHER, OTHER).find_map(|probe| {
        let asked = Asked { identity: Some(&somebody), action: &probe.action };
        let decision = policy.decide(&asked);
        decision.stages(&asked).is_empty().then(|| place(&policy, &decision))
    });
    if let Some(place) = hidden {
        findings.report(place).fix("- level: Metadata");
    }
}
