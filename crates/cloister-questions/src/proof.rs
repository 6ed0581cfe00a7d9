//! What shows something, for people and for machines.

use cloister_model::Place;
use cloister_rbac::escalation::Evidence;
use cloister_rbac::{Grant, Rule};
use serde_json::{Value, json};

/// `get, list on pods, pods/log (names web)`.
pub fn rule_text(rule: &Rule<'_>) -> String {
    let verbs = rule.verbs.join(", ");
    if !rule.urls.is_empty() && rule.resources.is_empty() {
        return format!("{verbs} on {}", rule.urls.join(", "));
    }
    let groups: Vec<&str> = rule.groups.iter().copied().filter(|group| !group.is_empty()).collect();
    let of = if groups.is_empty() { String::new() } else { format!(" of {}", groups.join(", ")) };
    let only = if rule.names.is_empty() { String::new() } else { format!(", only {}", rule.names.join(", ")) };
    format!("{verbs} on {}{of}{only}", rule.resources.join(", "))
}

/// The proof in a sentence: `RoleBinding readers (a.yaml:3:5) → Role reader, rule 1 (a.yaml:9:5)`.
pub fn grant_line(grant: &Grant<'_, '_>) -> String {
    let (binding, role, rule) = (grant.binding.resource, grant.role, grant.rule);
    let own = std::ptr::eq(role.resource, rule.role);
    let of = if own { String::new() } else { format!(" of {} {}", rule.role.kind, rule.role.name) };
    let at = |place: String| if place.is_empty() { place } else { format!(" ({place})") };
    format!(
        "{} {}{} → {} {}, rule {}{of}{}",
        binding.kind,
        binding.name,
        at(place(grant.subject_place())),
        role.resource.kind,
        role.name,
        rule.index + 1,
        at(place(rule.place())),
    )
}

/// `file:line:column`, or what the object's source is called.
pub fn place(place: Place<'_>) -> String {
    let Some(location) = place.location() else {
        let cloister_model::Origin::Cluster(name) = &place.resource.origin else { return String::new() };
        return name.to_string();
    };
    let column = location.column.map(|column| format!(":{column}")).unwrap_or_default();
    location.line.map_or_else(|| location.file.to_string(), |line| format!("{}:{line}{column}", location.file))
}

/// The proof.
pub fn grant_json(grant: &Grant<'_, '_>) -> Value {
    let (binding, role, rule) = (grant.binding, grant.role, grant.rule);
    json!({
        "binding": binding.resource.reference(),
        "subject": { "kind": grant.subject.kind.as_str(), "name": grant.subject.full_name() },
        "role": role.resource.reference(),
        "rule": rule.index,
        "ruleOf": rule.role.reference(),
        "bindingAt": place(grant.subject_place()),
        "ruleAt": place(rule.place()),
    })
}

/// What shows a step, in a sentence.
pub fn evidence_line(evidence: &Evidence<'_, '_>) -> String {
    let at = |what: String, at: String| if at.is_empty() { what } else { format!("{what} ({at})") };
    match evidence {
        Evidence::Grant { grant, .. } => grant_line(grant),
        Evidence::Rule(rule) => {
            at(format!("{} {}, rule {}", rule.role.kind, rule.role.name, rule.index + 1), place(rule.place()))
        }
        Evidence::Object(object) => at(format!("{} {}", object.resource.kind, object.resource.name), place(*object)),
    }
}
