//! Proofs, for people and for machines.

use cloister_rbac::{Decision, Grant, Ruling};
use serde_json::{Value, json};

pub use cloister_questions::proof::{grant_json, grant_line, place, rule_text};

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
