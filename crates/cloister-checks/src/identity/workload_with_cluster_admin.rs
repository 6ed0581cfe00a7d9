//! # What it does
//! Finds workloads that hold a token of a service account which is cluster-admin, or
//! may become it in one step: by escalation, binding, impersonation, the kubelet's
//! proxy, tokens of others, or by making or entering pods in every namespace or in
//! kube-system.
//!
//! # Why it matters
//! A break-in into this one container is a break-in into all personal data of the
//! cluster.
//!
//! # What to do
//! Give the account the rights that it uses, in the namespaces where it uses them;
//! mount no token where none is used.
//!
//! # References
//! CIS 5.1.1, 5.1.8. GDPR Art. 32(1)(b), 25(2). MITRE ATT&CK T1078.

use std::collections::HashMap;

use cloister_model::Severity;

use super::accounts::holds_token;
use super::bindings::{ACCESS, Access, Held};
use super::rights::{CHANGES, MAKERS, PODS, words};
use super::rules::{RBAC, Rule, Target, is_clusters_own};
use crate::{Check, Run};

/// What a service account can do to the cluster.
struct Takeover {
    everything: bool,
    what: String,
}

const ESCALATION: [Target; 1] = [Target::cluster_wide(RBAC, "clusterroles")];
const PEOPLE: [Target; 3] =
    [Target::cluster_wide("", "users"), Target::cluster_wide("", "groups"), Target::namespaced("", "serviceaccounts")];
const KUBELET: [Target; 1] = [Target::cluster_wide("", "nodes/proxy")];
const TOKENS: [Target; 1] = [Target::namespaced("", "serviceaccounts/token")];
const ENTRANCES: [Target; 2] = [Target::namespaced("", "pods/exec"), Target::namespaced("", "pods/attach")];
const DEBUGGING: [Target; 1] = [Target::namespaced("", "pods/ephemeralcontainers")];

fn worst(held: &[Held<'_>]) -> Option<Takeover> {
    let reaches_all = |held: &&Held<'_>| held.namespace.is_none_or(|namespace| namespace == "kube-system");
    let mut found: Option<Takeover> = None;
    for held in held.iter().filter(reaches_all) {
        let (kind, name) = (&held.binding.kind, &held.binding.name);
        if held.rules.iter().any(Rule::is_everything) {
            let place = if held.namespace.is_none() { "everywhere" } else { "in kube-system" };
            let what = format!("may do everything {place} ({kind} \"{name}\")");
            return Some(Takeover { everything: true, what });
        }
        if let (None, Some(step)) = (&found, held.rules.iter().find_map(one_step)) {
            found = Some(Takeover { everything: false, what: format!("may {step} ({kind} \"{name}\")") });
        }
    }
    found
}

/// Rights that lead to all others in one step.
const STEPS: [(&[Target], &[&str]); 8] = [
    (&ESCALATION, &["escalate"]),
    (&PEOPLE, &["impersonate"]),
    (&KUBELET, &["get", "create"]),
    (&TOKENS, &["create"]),
    (&PODS, &["create"]),
    (&MAKERS, CHANGES),
    (&ENTRANCES, &["create", "get"]),
    (&DEBUGGING, CHANGES),
];

fn one_step(rule: &Rule<'_>) -> Option<String> {
    let binds = || rule.grants_on(&ESCALATION, &["bind"], &["cluster-admin", "admin", "edit"]);
    let mut steps = STEPS.iter().filter_map(|(targets, verbs)| rule.grants(targets, verbs)).chain(binds());
    let grant = steps.find(|grant| !grant.void)?;
    Some(format!("{} {}", words(&grant.verbs), words(&grant.resources)))
}

pub(crate) const CHECK: Check = Check {
    name: "workload-with-cluster-admin",
    title: "workload could take over the cluster",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        let inventory = findings.inventory();
        let access = Access::of(inventory);
        let mut known: HashMap<(&str, &str), Option<Takeover>> = HashMap::new();
        for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory, pod.namespace())) {
            let (namespace, account) = (pod.namespace(), pod.service_account());
            let takeover = known.entry((namespace, account)).or_insert_with(|| worst(&access.held(namespace, account)));
            let takeover = takeover.as_ref().filter(|_| holds_token(inventory, &pod));
            if !findings.examine(takeover.is_some()) {
                continue;
            }
            let Some(takeover) = takeover else { continue };
            findings
                .report(pod.at("serviceAccountName"))
                .message(format!(
                    "{} \"{}\" runs as service account \"{account}\", which {}",
                    pod.resource.kind, pod.resource.name, takeover.what
                ))
                .severity(if takeover.everything { Severity::Critical } else { Severity::High });
        }
    }),
};
