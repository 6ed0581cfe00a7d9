//! # What it does
//! Finds audit policies that write nothing of reading Secrets, of commands in pods, of
//! changes to rights, or of ordinary changes; and policies that write the content of
//! Secrets into the log.
//!
//! # Why it matters
//! After a breach the controller must say what was taken, and of whom (Art. 33(3)).
//! What the audit log does not hold cannot be said; and Secrets in it are one more
//! place to steal them from.
//!
//! # What to do
//! End the policy with a rule `level: Metadata` for everything; put `level: Metadata`
//! for Secrets, ConfigMaps and token reviews before any rule with bodies.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 33(1). Kubernetes, "Auditing".

use cloister_model::{Node, Place, Resource, Severity};

use super::audit::{Request, deciding};
use crate::{Check, Findings, Run};

const RBAC: &str = "rbac.authorization.k8s.io";

/// What must be written, in order of weight.
const QUESTIONS: &[(Request, &str)] = &[
    (Request { group: "", resource: "secrets", verb: "get" }, "reading Secrets"),
    (Request { group: "", resource: "pods/exec", verb: "create" }, "commands in pods"),
    (Request { group: RBAC, resource: "clusterrolebindings", verb: "create" }, "changes of rights"),
    (Request { group: "apps", resource: "deployments", verb: "patch" }, "changes of workloads"),
];

/// Requests whose bodies hold the values of Secrets, or tokens.
const SECRETS: [Request; 4] = [
    Request { group: "", resource: "secrets", verb: "get" },
    Request { group: "", resource: "secrets", verb: "list" },
    Request { group: "", resource: "secrets", verb: "update" },
    Request { group: "", resource: "serviceaccounts/token", verb: "create" },
];

/// One finding for each rule, or for the lack of one, that leaves a request unwritten.
fn unwritten<'a>(
    policy: &'a Resource,
    request: &Request,
    what: &str,
    seen: &mut Vec<Option<&'a Node>>,
    findings: &mut Findings<'_>,
) {
    let rule = deciding(policy, request);
    let level = rule.map(|rule| rule.str_at("level").unwrap_or("None"));
    if level.is_some_and(|level| level != "None") {
        return;
    }
    let place = rule.map_or(Place::whole(policy).at("rules"), |rule| Place::of(policy, rule).at("level"));
    let is_same = |other: &Option<&Node>| other.map(std::ptr::from_ref) == rule.map(std::ptr::from_ref);
    if seen.iter().any(is_same) {
        return;
    }
    seen.push(rule);
    findings.report(place).message(format!("the audit log shows nothing of {what}")).fix("- level: Metadata");
}

/// Secrets whose values are written.
fn contents(policy: &Resource, findings: &mut Findings<'_>) {
    let written = SECRETS.iter().filter_map(|request| {
        let rule = deciding(policy, request)?;
        let level = rule.str_at("level")?;
        // A request to read has no body; the response has.
        let reads = ["get", "list"].contains(&request.verb);
        (level == "RequestResponse" || (level == "Request" && !reads)).then_some((rule, request))
    });
    if let Some((rule, request)) = written.into_iter().next() {
        findings
            .report(Place::of(policy, rule).at("level"))
            .severity(Severity::High)
            .message(format!("the audit log holds the content of {}", request.resource))
            .fix("- level: Metadata\n  resources:\n    - group: \"\"\n      resources: [\"secrets\", \"configmaps\", \"serviceaccounts/token\"]");
    }
}

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-incomplete",
    title: "audit policy leaves out what a breach needs",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Policy.audit.k8s.io"], |policy, findings| {
        let mut seen: Vec<Option<&Node>> = Vec::new();
        for (request, what) in QUESTIONS {
            unwritten(policy, request, what, &mut seen, findings);
        }
        contents(policy, findings);
    }),
};
