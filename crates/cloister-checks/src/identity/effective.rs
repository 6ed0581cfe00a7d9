//! What bindings give in effect, and who holds a rule: evidence for findings, as the authoriser reads it.

use cloister_model::Resource;
use cloister_rbac::{Grant, Policy, Rule, Subject, SubjectKind};

use super::bindings::Access;
use super::rights::words;

/// So many words of a rule are told, and the rest is counted.
const NAMED: usize = 3;

/// So many who hold a rule are counted.
const MANY: usize = 100;

/// What a binding gives: `get and list secrets in namespace "clinic" (rule 1 of Role "reader")`. Nothing, where its role
/// is there and empty.
pub(super) fn given(access: &Access<'_>, binding: &Resource) -> Option<String> {
    let policy = access.policy();
    let Some(bound) = access.binding(binding) else { return Some("what it gives is not known".to_owned()) };
    let mut roles = policy.roles_of(bound).peekable();
    if roles.peek().is_none() {
        return Some(format!("{} \"{}\", which is not in the input", bound.role_kind, bound.role_name));
    }
    let mut rules: Vec<&Rule<'_>> = roles.flat_map(|role| policy.rules_of(role)).filter(|rule| gives(rule)).collect();
    // The widest first, which is what is worth reading.
    rules.sort_by_key(|rule| std::cmp::Reverse(width(rule)));
    let first = rules.first()?;
    let place = if bound.namespace.is_empty() {
        "everywhere".to_owned()
    } else {
        format!("in namespace \"{}\"", bound.namespace)
    };
    let more = match rules.len() - 1 {
        0 => String::new(),
        1 => ", and 1 more rule".to_owned(),
        more => format!(", and {more} more rules"),
    };
    let (kind, name, number) = (&first.role.kind, &first.role.name, first.index + 1);
    Some(format!("{} {place} (rule {number} of {kind} \"{name}\"){more}", says(first)))
}

fn gives(rule: &Rule<'_>) -> bool {
    let about = !rule.resources.is_empty() || !rule.urls.is_empty();
    about && !rule.verbs.is_empty()
}

fn width(rule: &Rule<'_>) -> usize {
    let any = |words: &[&str]| usize::from(words.contains(&"*"));
    4 * any(&rule.resources) + 2 * any(&rule.verbs) + usize::from(rule.resources.contains(&"secrets"))
}

/// `get and list secrets and configmaps`.
fn says(rule: &Rule<'_>) -> String {
    let any = |all: &[&str], every: &str| {
        if all.contains(&"*") { every.to_owned() } else { several(all) }
    };
    let verbs = any(&rule.verbs, "every verb on");
    let what = if rule.resources.is_empty() {
        any(&rule.urls, "every path of the API server")
    } else {
        any(&rule.resources, "every resource")
    };
    let only = if rule.names.is_empty() { String::new() } else { format!(" called {}", several(&rule.names)) };
    format!("{verbs} {what}{only}")
}

fn several(all: &[&str]) -> String {
    match all.split_at_checked(NAMED) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => words(all),
    }
}

/// Who holds a rule.
pub(super) struct Holders {
    /// To follow a sentence about it.
    pub says: String,
    /// Surely nobody: a cluster was read, and all of its roles and bindings.
    pub nobody: bool,
}

/// Who holds a rule of a role, by its index there; `whole` where all of a cluster was read.
pub(super) fn holders(access: &Access<'_>, role: &Resource, index: usize, whole: bool) -> Holders {
    let policy = access.policy();
    let grants: Vec<Grant<'_, '_>> = access.holders(role, index).take(MANY).collect();
    let nobody = grants.is_empty() && whole && !policy.is_incomplete();
    let says = match (grants.first(), others(&grants)) {
        (None, _) => "nobody in the input is bound to it".to_owned(),
        (Some(grant), _) if grants.len() == MANY => format!("{}, as do many more", held(policy, grant)),
        (Some(grant), 0) => held(policy, grant),
        (Some(grant), 1) => format!("{}, as does 1 more", held(policy, grant)),
        (Some(grant), more) => format!("{}, as do {more} more", held(policy, grant)),
    };
    Holders { says, nobody }
}

/// Besides the first, each subject once.
fn others(grants: &[Grant<'_, '_>]) -> usize {
    let mut all: Vec<(SubjectKind, String)> =
        grants.iter().map(|grant| (grant.subject.kind, grant.subject.full_name())).collect();
    all.sort();
    all.dedup();
    all.len().saturating_sub(1)
}

/// `user "ann" has it everywhere (ClusterRoleBinding "b", by ClusterRole "admin")`.
fn held(policy: &Policy<'_>, grant: &Grant<'_, '_>) -> String {
    let binding = grant.binding;
    let place = if binding.namespace.is_empty() {
        "everywhere".to_owned()
    } else {
        format!("in namespace \"{}\"", binding.namespace)
    };
    let collected = policy.roles_of(binding).all(|role| !std::ptr::eq(role.resource, grant.rule.role));
    let by = if collected { format!(", by {} \"{}\"", binding.role_kind, binding.role_name) } else { String::new() };
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    format!("{} has it {place} ({kind} \"{name}\"{by})", who(grant.subject))
}

fn who(subject: &Subject<'_>) -> String {
    match subject.kind {
        SubjectKind::User => format!("user \"{}\"", subject.name),
        SubjectKind::Group => format!("group \"{}\"", subject.name),
        SubjectKind::ServiceAccount => {
            format!("service account \"{}\" of namespace \"{}\"", subject.name, subject.namespace)
        }
    }
}
