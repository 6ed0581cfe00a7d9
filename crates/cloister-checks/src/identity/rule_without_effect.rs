//! # What it does
//! Finds rules that name resources as no request does: `pods/*`, which is no wildcard,
//! or a resource under a group that it is not in.
//!
//! # Why it matters
//! Somebody believes that the right is given, or worse, that it was limited. What is
//! written and what is in force should be the same (Art. 5(2)).
//!
//! # What to do
//! Write the subresources out, or `*/log` for the one subresource of everything; put
//! the resource under its own group; or delete the rule.
//!
//! # References
//! GDPR Art. 5(2). Kubernetes, "Using RBAC Authorization", referring to resources.

use cloister_model::Severity;

use super::rights::{ROLES, is_judged};
use super::rules::{RBAC, Rule, Word, rules_of};
use crate::{Check, Run};

/// Groups in which only the resources below exist under these names.
const GROUPS: [&str; 6] = ["", "apps", "batch", RBAC, "networking.k8s.io", "storage.k8s.io"];

/// Resources with the group that has them.
const HOMES: [(&str, &[&str]); 6] = [
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "secrets",
            "serviceaccounts",
            "services",
        ],
    ),
    ("apps", &["daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("batch", &["cronjobs", "jobs"]),
    (RBAC, &["clusterrolebindings", "clusterroles", "rolebindings", "roles"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ("storage.k8s.io", &["storageclasses"]),
];

fn without_effect(rule: &Rule<'_>, word: &Word<'_>) -> Option<String> {
    let (resource, subresource) = word.text.split_once('/').unwrap_or((word.text, ""));
    if subresource == "*" && resource != "*" {
        return Some("only \"*\" and \"*/NAME\" are wildcards".to_owned());
    }
    let (home, _) = HOMES.iter().find(|(_, resources)| resources.contains(&resource))?;
    let elsewhere = rule.groups.iter().all(|group| group.text != *home && GROUPS.contains(&group.text));
    let home = if home.is_empty() { "the core group \"\"" } else { home };
    (elsewhere && !rule.groups.is_empty()).then(|| format!("it is a resource of {home}"))
}

pub(crate) const CHECK: Check = Check {
    name: "rule-without-effect",
    title: "a rule gives nothing",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        if !is_judged(role) {
            return findings.not_applicable();
        }
        for rule in rules_of(role) {
            for word in rule.resources.iter() {
                let Some(reason) = without_effect(&rule, &word) else { continue };
                let place = rule.place(word);
                findings
                    .report(place)
                    .message(format!("{} \"{}\" names \"{}\": {reason}", role.kind, role.name, word.text));
            }
        }
    }),
};
