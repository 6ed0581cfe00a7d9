//! # What it does
//! Finds audit policies that write nothing of failed authentication, of requests by nobody known, or of tokens that are
//! made and checked. Who fails to authenticate is in no group, and is written at the stage ResponseStarted alone: a
//! policy that omits this stage hides every failed login.
//!
//! # Why it matters
//! Guessing and stolen, expired credentials show here first, and nowhere else.
//!
//! # What to do
//! Keep the stage ResponseStarted, and end the policy with a rule `level: Metadata` without conditions.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, `WithFailedAuthenticationAudit`.

use cloister_audit::policy::{Asked, AuditPolicy};
use cloister_model::{Resource, Severity};
use cloister_rbac::Identity;

use super::audit::{OTHER, POLICIES, Probe, place, probes, report_unwritten};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-misses-authentication",
    title: "audit policy leaves out failed or anonymous requests",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, judge),
};

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    let policy = AuditPolicy::new(resource);
    let secrets: Vec<Probe> = probes("", &["list"], "", "secrets", OTHER).collect();
    let anonymous = Identity::authenticated("system:anonymous", []);
    for (identity, what) in [(None, "failed authentication"), (Some(&anonymous), "requests by nobody known")] {
        let hidden = secrets.iter().find_map(|probe| {
            let asked = Asked { identity, action: &probe.action };
            let decision = policy.decide(&asked);
            decision.stages(&asked).is_empty().then(|| place(&policy, &decision))
        });
        if let Some(place) = hidden {
            findings.report(place).message(format!("the audit log shows nothing of {what}")).fix("- level: Metadata");
        }
    }
    let tokens: Vec<Probe> = probes("tokens that are made", &["create"], "", "serviceaccounts/token", OTHER)
        .chain(probes("tokens that are checked", &["create"], "authentication.k8s.io", "tokenreviews", ""))
        .collect();
    report_unwritten(resource, &tokens, findings);
}
