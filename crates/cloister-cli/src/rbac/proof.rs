//! Proofs, for people and for machines.

use cloister_model::Place;
use cloister_rbac::{Decision, Grant, Rule, Ruling};
use serde_json::{Value, json};

use super::Asked;

/// A decision with what the whole input says of it.
pub struct Answer<'p> {
    pub decision: Decision<'p, 'p>,
    /// What other authorisers said before.
    trace: Vec<String>,
}

impl<'p> Answer<'p> {
    /// Where input was lost, "no" is not certain; "yes" is, since RBAC only ever adds.
    pub fn of(ruling: Ruling<'p, 'p>, asked: &Asked<'_>) -> Answer<'p> {
        let decision = match ruling.decision {
            Decision::Denied if asked.lost => {
                Decision::Unknown("nothing that was read allows it, but some input could not be read".to_owned())
            }
            decision => decision,
        };
        Answer { decision, trace: ruling.trace }
    }

    /// In one JSON object.
    pub fn json(&self) -> Value {
        let answer = self.decision.verdict().as_str();
        let mut json = match &self.decision {
            Decision::AlwaysAllow => json!({ "answer": answer, "by": "AlwaysAllow" }),
            Decision::Masters => json!({ "answer": answer, "by": "system:masters" }),
            Decision::Node(why) => json!({ "answer": answer, "by": "node", "reason": why }),
            Decision::Rbac(grant) => json!({ "answer": answer, "by": "rbac", "proof": grant_json(grant) }),
            Decision::Unknown(why) => json!({ "answer": answer, "reason": why }),
            Decision::Denied => json!({ "answer": answer }),
        };
        if !self.trace.is_empty()
            && let Value::Object(json) = &mut json
        {
            json.insert("before".to_owned(), json!(self.trace));
        }
        json
    }

    /// In lines.
    pub fn text(&self) -> String {
        let before: String = self.trace.iter().map(|said| format!("  {said}\n")).collect();
        before + &self.decision_text()
    }

    fn decision_text(&self) -> String {
        match &self.decision {
            Decision::AlwaysAllow => "  the authoriser AlwaysAllow allows everything\n".to_owned(),
            Decision::Masters => "  the user is in system:masters, which may do everything\n".to_owned(),
            Decision::Node(why) => format!("  node authoriser: {why}\n"),
            Decision::Rbac(grant) => grant_text(grant),
            Decision::Unknown(why) => format!("  {why}\n"),
            Decision::Denied => "  no rule that this user holds allows it\n".to_owned(),
        }
    }
}

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

fn grant_text(grant: &Grant<'_, '_>) -> String {
    let (binding, subject, role, rule) = (grant.binding, grant.subject, grant.role, grant.rule);
    let own = std::ptr::eq(role.resource, rule.role);
    let through = if own { String::new() } else { format!(", collected by \"{}\"", role.name) };
    format!(
        "  {} \"{}\" gives {} \"{}\" {} \"{}\"\n    {}\n  rule {} of {} \"{}\"{through}: {}\n    {}\n",
        binding.resource.kind,
        binding.resource.name,
        subject.kind.as_str(),
        subject.full_name(),
        role.resource.kind,
        role.name,
        place(grant.subject_place()),
        rule.index + 1,
        rule.role.kind,
        rule.role.name,
        rule_text(rule),
        place(rule.place()),
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
