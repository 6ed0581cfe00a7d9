//! What a service account can do to the whole cluster.

use std::collections::HashMap;
use std::rc::Rc;

use super::accounts::holds_token;
use super::bindings::{Answers, Held};
use super::rights::{CHANGES, MAKERS, PODS, words};
use super::rules::{RBAC, Rule, Target, is_clusters_own};
use crate::Findings;

const ESCALATION: [Target; 1] = [Target::cluster_wide(RBAC, "clusterroles")];
const PEOPLE: [Target; 3] =
    [Target::cluster_wide("", "users"), Target::cluster_wide("", "groups"), Target::namespaced("", "serviceaccounts")];
const KUBELET: [Target; 1] = [Target::cluster_wide("", "nodes/proxy")];
const TOKENS: [Target; 1] = [Target::namespaced("", "serviceaccounts/token")];
const ENTRANCES: [Target; 2] = [Target::namespaced("", "pods/exec"), Target::namespaced("", "pods/attach")];
const DEBUGGING: [Target; 1] = [Target::namespaced("", "pods/ephemeralcontainers")];

/// What someone with these rights may do.
#[derive(Clone, Debug)]
pub(super) enum Power {
    /// Everything already.
    Everything(Rc<str>),
    /// Something that leads to everything in one step.
    OneStep(Rc<str>),
}

/// The worst of what is held everywhere or in kube-system, as words to follow "which".
fn power(held: &[&Held<'_>], answers: &mut Answers<Option<Power>>) -> Option<Power> {
    let reaches_all = |held: &&&Held<'_>| held.namespace.is_none_or(|namespace| namespace == "kube-system");
    let mut found: Option<Power> = None;
    for held in held.iter().filter(reaches_all) {
        match answers.about(held, || power_of(held)) {
            Some(Power::OneStep(step)) => found = found.or(Some(Power::OneStep(step))),
            Some(everything) => return Some(everything),
            None => {}
        }
    }
    found
}

/// What one binding gives.
fn power_of(held: &Held<'_>) -> Option<Power> {
    let (kind, name) = (&held.binding.kind, &held.binding.name);
    if let Some(what) = held.rules.iter().find_map(everything) {
        let place = if held.namespace.is_none() { "everywhere" } else { "in kube-system" };
        return Some(Power::Everything(format!("may do {what} {place} ({kind} \"{name}\")").into()));
    }
    let step = held.rules.iter().find_map(one_step)?;
    Some(Power::OneStep(format!("may {step} ({kind} \"{name}\")").into()))
}

/// Everything at all, or with all of Kubernetes' core: pods, Secrets, nodes, accounts.
fn everything(rule: &Rule<'_>) -> Option<&'static str> {
    if rule.is_everything() {
        return Some("everything");
    }
    let all = [rule.resources, rule.verbs].iter().all(|words| words.find(&["*"]).is_some());
    (all && rule.names.is_empty() && rule.groups.find(&[""]).is_some())
        .then_some("everything with pods, Secrets, nodes and accounts")
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

/// Reports each workload that holds a token of an account with such power, where
/// `says` has words for it.
pub(super) fn judge(findings: &mut Findings<'_>, says: impl Fn(&Power) -> Option<&str>) {
    let inventory = findings.inventory();
    let access = findings.access();
    let mut known: HashMap<(&str, &str), Option<Power>> = HashMap::new();
    let mut answers = Answers::new();
    for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory.inputs(), pod.namespace())) {
        let (namespace, account) = (pod.namespace(), pod.service_account());
        let power =
            known.entry((namespace, account)).or_insert_with(|| power(&access.held(namespace, account), &mut answers));
        let what = power.as_ref().filter(|_| holds_token(&findings.seen(), &pod)).and_then(&says);
        if !findings.examine(what.is_some()) {
            continue;
        }
        let Some(what) = what else { continue };
        findings.report(pod.at("serviceAccountName")).message(format!(
            "{} \"{}\" runs as service account \"{account}\", which {what}",
            pod.resource.kind, pod.resource.name
        ));
    }
}
