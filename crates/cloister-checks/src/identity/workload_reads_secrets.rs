//! # What it does
//! Finds workloads that hold a token of a service account which may read any Secret: of
//! the workload's own namespace, of others, or of all.
//!
//! # Why it matters
//! Mounted Secrets are those that somebody chose. A workload that reads them from the
//! API server has all of them, and so has whoever breaks into it.
//!
//! # What to do
//! Mount the Secrets that are needed, or name them in `resourceNames`.
//!
//! # References
//! CIS 5.1.2. GDPR Art. 32(1)(b). MITRE ATT&CK T1552.

use std::collections::HashMap;

use cloister_model::Severity;

use super::accounts::holds_token;
use super::bindings::{ACCESS, Answers, Held};
use super::rules::{Target, is_clusters_own};
use crate::{Check, Run};

const SECRETS: [Target; 1] = [Target::namespaced("", "secrets")];

/// How bad, and whose Secrets, with the binding.
type Reach = (Severity, String);

/// The furthest reach: all namespaces, then another one, then the own.
fn furthest(held: &[&Held<'_>], own: &str, answers: &mut Answers<bool>) -> Option<Reach> {
    let reads =
        |held: &Held<'_>| held.rules.iter().any(|rule| rule.grants(&SECRETS, &["get", "list", "watch"]).is_some());
    let reads: Vec<&Held<'_>> = held.iter().copied().filter(|held| answers.about(held, || reads(held))).collect();
    let rank = |held: &&Held<'_>| match held.namespace {
        None => 2,
        Some(namespace) => u8::from(namespace != own),
    };
    // The first of equals, so that the order of bindings decides, which is by name.
    let widest = reads.into_iter().rev().max_by_key(rank)?;
    let (severity, whose) = match widest.namespace {
        None => (Severity::High, "every namespace".to_owned()),
        Some(namespace) if namespace == own => (Severity::Medium, "its namespace".to_owned()),
        Some(namespace) => (Severity::High, format!("namespace \"{namespace}\"")),
    };
    Some((severity, format!("{whose} ({} \"{}\")", widest.binding.kind, widest.binding.name)))
}

pub(crate) const CHECK: Check = Check {
    name: "workload-reads-secrets",
    title: "workload reads Secrets through the API server",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        let inventory = findings.inventory();
        let access = findings.access();
        let mut known: HashMap<(&str, &str), Option<Reach>> = HashMap::new();
        let mut answers = Answers::new();
        for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory.inputs(), pod.namespace())) {
            let (namespace, account) = (pod.namespace(), pod.service_account());
            let reach = known
                .entry((namespace, account))
                .or_insert_with(|| furthest(&access.held(namespace, account), namespace, &mut answers));
            let reach = reach.as_ref().filter(|_| holds_token(&findings.seen(), &pod));
            if !findings.examine(reach.is_some()) {
                continue;
            }
            let Some((severity, what)) = reach else { continue };
            findings
                .report(pod.at("serviceAccountName"))
                .message(format!(
                    "{} \"{}\" runs as service account \"{account}\", which may read the Secrets of {what}",
                    pod.resource.kind, pod.resource.name
                ))
                .severity(*severity);
        }
    }),
};
