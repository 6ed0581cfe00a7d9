//! # What it does
//! Finds ClusterRoles that are aggregated into `view`, `edit` or `admin` and add what
//! those are made not to have: writing or Secrets or exec to `view`; wildcards,
//! impersonation, binding and escalation to any of them.
//!
//! # Why it matters
//! Everybody who is bound to the built-in role gets the addition at once, in every
//! namespace, without a binding that shows it.
//!
//! # What to do
//! Aggregate only rights on your own resources; bind the rest to those who need it.
//!
//! # References
//! Kubernetes, "Using RBAC Authorization", aggregated ClusterRoles. GDPR Art. 32(1)(b).

use cloister_model::{Resource, Severity};

use super::rights::words;
use super::rules::{RBAC, Rule, Target, Word, is_builtin, is_extension, rules_of};
use crate::{Check, Run};

const READ: [&str; 3] = ["get", "list", "watch"];
const SECRETS: [Target; 1] = [Target::namespaced("", "secrets")];
const WAYS_IN: [Target; 4] = [
    Target::namespaced("", "pods/exec"),
    Target::namespaced("", "pods/attach"),
    Target::namespaced("", "pods/portforward"),
    Target::namespaced("", "pods/proxy"),
];
const HANDED_ON: [Target; 5] = [
    Target::namespaced(RBAC, "roles"),
    Target::cluster_wide(RBAC, "clusterroles"),
    Target::cluster_wide("", "users"),
    Target::cluster_wide("", "groups"),
    Target::namespaced("", "serviceaccounts"),
];

fn joins(role: &Resource, target: &str) -> bool {
    role.label(&format!("rbac.authorization.k8s.io/aggregate-to-{target}")) == Some("true")
}

/// What a rule adds that the built-in role is made not to have. `view` reads, and no Secrets.
fn excess<'a>(rule: &Rule<'a>, view: bool) -> Option<(Word<'a>, String)> {
    if let Some(grant) = rule.grants(&HANDED_ON, &["escalate", "bind", "impersonate"]) {
        return Some((grant.verb, format!("the verb {}", words(&grant.verbs))));
    }
    if let Some(word) = rule.resources.find(&["*"]).filter(|_| !is_extension(rule)) {
        return Some((word, "every resource of its groups".to_owned()));
    }
    if !view {
        return None;
    }
    let grant = rule.grants(&SECRETS, &READ).or_else(|| rule.grants(&WAYS_IN, &["get", "create"]));
    let by_resource = grant.map(|grant| (grant.resource, words(&grant.resources)));
    let writes = || rule.verbs.iter().find(|verb| !rule.resources.is_empty() && !READ.contains(&verb.text));
    by_resource.or_else(|| writes().map(|verb| (verb, format!("the verb \"{}\"", verb.text))))
}

pub(crate) const CHECK: Check = Check {
    name: "aggregated-role-widened",
    title: "a role widens view, edit or admin too far",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["ClusterRole"], |role, findings| {
        let widened: Vec<&str> = ["view", "edit", "admin"].into_iter().filter(|target| joins(role, target)).collect();
        if is_builtin(role) || widened.is_empty() {
            return findings.not_applicable();
        }
        for rule in rules_of(role) {
            let Some((word, what)) = excess(&rule, widened.contains(&"view")) else { continue };
            let place = rule.place(word);
            findings.report(place).message(format!("ClusterRole \"{}\" adds {what} to {}", role.name, words(&widened)));
        }
    }),
};
