//! # What it does
//! Finds audit policies that write the content of Secrets, of tokens, or of ConfigMaps into the log: by the body of a
//! request (level Request) or of an answer (RequestResponse).
//!
//! # Why it matters
//! The log is copied to wherever logs go, and read by more people than may read Secrets. A token in it can be used.
//!
//! # What to do
//! Put `level: Metadata` for Secrets, ConfigMaps, token requests and token reviews before any rule with bodies.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(1)(f), 32(1). Kubernetes, "Auditing".

use cloister_model::{Resource, Severity};

use super::audit::{OTHER, POLICIES, Probe, probes, report_content};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-logs-secrets",
    title: "audit log holds the content of Secrets",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(POLICIES, judge),
};

const FIX: &str = "- level: Metadata\n  resources:\n    - group: \"\"\n      resources: [\"secrets\", \"configmaps\", \
    \"serviceaccounts/token\"]\n    - group: authentication.k8s.io\n      resources: [\"tokenreviews\"]";

fn judge<'a>(policy: &'a Resource, findings: &mut Findings<'a>) {
    const ALL: [&str; 5] = ["get", "list", "create", "update", "patch"];
    let secrets: Vec<Probe> = probes("Secrets", &ALL, "", "secrets", OTHER)
        .chain(probes("tokens", &["create"], "", "serviceaccounts/token", OTHER))
        .chain(probes("tokens", &["create"], "authentication.k8s.io", "tokenreviews", ""))
        .collect();
    report_content(policy, &secrets, Severity::High, FIX, findings);
    let others: Vec<Probe> = probes("ConfigMaps", &ALL, "", "configmaps", OTHER).collect();
    report_content(policy, &others, Severity::Low, FIX, findings);
}
