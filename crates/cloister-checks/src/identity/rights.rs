//! What the checks over single roles share: one finding for each rule that gives
//! a right, at the word that gives it.

use cloister_model::{Finding, Resource, Severity};

use super::rules::{Grant, Rule, Target, is_aggregated, is_builtin, rules_of};
use crate::Findings;

/// Roles of both kinds.
pub(super) const ROLES: &[&str] = &["ClusterRole", "Role"];

/// Verbs that change what exists.
pub(super) const CHANGES: &[&str] = &["update", "patch"];

/// Verbs that change what exists or make more of it.
pub(super) const WRITES: &[&str] = &["create", "update", "patch"];

/// What makes pods from a template.
pub(super) const MAKERS: [Target; 7] = [
    Target::namespaced("apps", "deployments"),
    Target::namespaced("apps", "statefulsets"),
    Target::namespaced("apps", "daemonsets"),
    Target::namespaced("apps", "replicasets"),
    Target::namespaced("", "replicationcontrollers"),
    Target::namespaced("batch", "jobs"),
    Target::namespaced("batch", "cronjobs"),
];

/// Pods, and what makes them.
pub(super) const PODS: [Target; 8] = {
    let [a, b, c, d, e, f, g] = MAKERS;
    [Target::namespaced("", "pods"), a, b, c, d, e, f, g]
};

/// Whether a role is judged by its rules: not what Kubernetes ships, and not
/// what only collects the rules of other roles, which are judged themselves.
pub(super) fn is_judged(role: &Resource) -> bool {
    !is_builtin(role) && !is_aggregated(role)
}

/// Reports each rule of `role` that gives any of `verbs` on any of `targets`.
pub(super) fn report(role: &Resource, findings: &mut Findings<'_>, targets: &[Target], verbs: &[&'static str]) {
    report_with(role, findings, |rule| rule.grants(targets, verbs), |_, _| {});
}

/// The same with the question and the last word left to the check.
pub(super) fn report_with<'a>(
    role: &'a Resource,
    findings: &mut Findings<'_>,
    asks: impl Fn(&Rule<'a>) -> Option<Grant<'a>>,
    says: impl Fn(&Grant<'a>, &mut Finding),
) {
    if !is_judged(role) {
        return findings.not_applicable();
    }
    for rule in rules_of(role) {
        let Some(grant) = asks(&rule) else { continue };
        let finding = findings.report(rule.place(grant.resource)).message(sentence(role, &grant));
        says(&grant, finding);
        if grant.void {
            finding.severity(Severity::Low);
        }
    }
}

/// `Role "x" may get and list secrets`.
pub(super) fn sentence(role: &Resource, grant: &Grant<'_>) -> String {
    let (kind, name) = (&role.kind, &role.name);
    let (verbs, resources) = (words(&grant.verbs), words(&grant.resources));
    if grant.void {
        return format!(
            "{kind} \"{name}\" names {resources}, which live outside namespaces: a Role gives nothing on them"
        );
    }
    let through = if grant.resource.text.starts_with('*') {
        format!(" through \"{}\"", grant.resource.text)
    } else {
        String::new()
    };
    format!("{kind} \"{name}\" may {verbs} {resources}{through}")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn words(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
