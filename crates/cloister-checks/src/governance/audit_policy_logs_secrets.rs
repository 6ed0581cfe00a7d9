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
//! CIS 3.2.2. GDPR Art. 5(1)(f), 32(1)(b). Kubernetes, "Auditing".

use std::collections::BTreeSet;

use cloister_audit::policy::AuditPolicy;
use cloister_model::{Node, Resource, Severity};

use super::audit::{Content, OTHER, POLICIES, Probe, probes, report_content};
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

fn judge<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    const ALL: [&str; 5] = ["get", "list", "create", "update", "patch"];
    let namespaces = namespaces(resource);
    let of = |what, kind| -> Vec<Probe> {
        namespaces.iter().flat_map(|namespace| probes(what, &ALL, "", kind, namespace)).collect()
    };
    let mut secrets = of("Secrets", "secrets");
    secrets.extend(probes("tokens", &["create"], "authentication.k8s.io", "tokenreviews", ""));
    report_content(resource, &secrets, Content::Any, Severity::High, FIX, findings);
    // The request for a token does not hold it; the answer does.
    let tokens: Vec<Probe> = namespaces
        .iter()
        .flat_map(|namespace| probes("new tokens", &["create"], "", "serviceaccounts/token", namespace))
        .collect();
    report_content(resource, &tokens, Content::Answer, Severity::High, FIX, findings);
    report_content(resource, &of("ConfigMaps", "configmaps"), Content::Any, Severity::Low, FIX, findings);
}

/// One that no rule names, and those that rules name.
fn namespaces(resource: &Resource) -> BTreeSet<&str> {
    let rules = AuditPolicy::new(resource).rules();
    let named = rules.flat_map(|rule| rule.node.items_at("namespaces")).filter_map(Node::as_str);
    named.filter(|name| !name.is_empty()).chain([OTHER]).collect()
}
