//! What people decide in the hub: findings that they accept, requirements that they attest. In force in the next assessment,
//! as documents like those of the register.

use cloister_model::ResourceRef;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A decision. It is never changed, but can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Its name, of letters and digits.
    pub id: String,
    /// For which source.
    pub source: String,
    /// What is decided.
    #[serde(flatten)]
    pub what: What,
    /// Why; of an attestation, what is stated.
    pub reason: String,
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// The last day on which it holds.
    pub expires: Date,
    /// By whom, when and why it was taken back.
    pub withdrawn: Option<Withdrawn>,
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum What {
    /// What a check found on a resource is accepted.
    Exception {
        /// The check.
        check: String,
        /// The resource.
        resource: ResourceRef,
        /// The container, where only one is meant.
        container: Option<String>,
    },
    /// A requirement is met.
    Attestation {
        /// The framework.
        framework: String,
        /// The requirement's id.
        requirement: String,
        /// Where the evidence is found.
        evidence: Option<String>,
    },
}

/// A decision that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Longest reason or statement, in characters.
pub const LONGEST: usize = 2000;
/// Longest time that a decision holds.
pub const MOST_DAYS: i32 = 3 * 366;

/// A text that somebody wrote in a form: what hides is taken out.
pub fn text(written: &str, least: usize, what: &str) -> Result<String, String> {
    let text = cloister_report::clean(&written.replace(['\r', '\n'], " ")).trim().to_owned();
    // Neither what hides makes it long enough, nor how it is shown.
    match text.chars().count() {
        length if length.min(written.trim().chars().count()) < least => {
            Err(format!("{what} is too short: say it in {least} characters or more"))
        }
        length if length > LONGEST => {
            Err(format!("{what} is longer than {LONGEST} characters: write a document, and name it"))
        }
        _ => Ok(text),
    }
}

/// The last day that somebody wrote in a form.
pub fn last_day(written: &str, today: Date) -> Result<Date, String> {
    let day: Date = written.trim().parse().map_err(|_| "the last day is not YYYY-MM-DD".to_owned())?;
    match day.since(today).map(|span| span.get_days()) {
        Ok(days) if days < 0 => Err("the last day has passed already".to_owned()),
        Ok(days) if days > MOST_DAYS => {
            Err("the last day is more than three years away: decide again before".to_owned())
        }
        Ok(_) => Ok(day),
        Err(_) => Err("the last day is out of reach".to_owned()),
    }
}

impl Decision {
    /// Whether it holds on this day.
    pub fn holds(&self, today: Date) -> bool {
        self.withdrawn.is_none() && self.expires >= today
    }

    /// As a document of the register.
    fn document(&self) -> serde_json::Value {
        let (kind, spec) = match &self.what {
            What::Exception { check, resource, container } => {
                let mut named =
                    json!({"apiVersion": resource.api_version, "kind": resource.kind, "name": resource.name});
                if let (Some(namespace), Some(fields)) = (&resource.namespace, named.as_object_mut()) {
                    fields.insert("namespace".to_owned(), json!(namespace));
                }
                let mut spec = json!({
                    "check": check, "resource": named, "reason": self.reason, "owner": self.who,
                    "expires": self.expires, "reference": format!("decision {} in the hub", self.id),
                });
                if let (Some(container), Some(fields)) = (container, spec.as_object_mut()) {
                    fields.insert("container".to_owned(), json!(container));
                }
                ("Exception", spec)
            }
            What::Attestation { framework, requirement, evidence } => {
                let date = self.at.to_zoned(jiff::tz::TimeZone::UTC).date();
                let mut spec = json!({
                    "requirement": {"framework": framework, "id": requirement}, "statement": self.reason,
                    "author": self.who, "date": date, "expires": self.expires,
                });
                if let (Some(evidence), Some(fields)) = (evidence, spec.as_object_mut()) {
                    fields.insert("evidence".to_owned(), json!(evidence));
                }
                ("Attestation", spec)
            }
        };
        json!({"apiVersion": "cloister.dev/v1alpha1", "kind": kind, "metadata": {"name": format!("hub-{}", self.id)}, "spec": spec})
    }
}

/// Decisions in force, as documents of the register.
pub fn documents<'d>(all: impl IntoIterator<Item = &'d Decision>, today: Date) -> String {
    let written = all.into_iter().filter(|one| one.holds(today)).map(|one| one.document().to_string());
    written.collect::<Vec<_>>().join("\n---\n")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_written_in_forms_is_bounded() {
        let today = date(2026, 11, 26);
        assert!(last_day("2026-11-26", today).is_ok());
        for wrong in ["2026-11-25", "2036-01-01", "tomorrow", "", "9999-99-99"] {
            assert!(last_day(wrong, today).is_err(), "{wrong}");
        }
        assert!(text("short", 10, "the reason").is_err());
        assert!(text(&"x".repeat(LONGEST + 1), 10, "the reason").is_err());
        assert_eq!(text("two\r\nlines\u{202e}, ended", 10, "the reason").unwrap().lines().count(), 1);
    }

    #[test]
    fn a_decision_is_a_document_until_it_ends() {
        let decision = Decision {
            id: "1".to_owned(),
            source: "clinic".to_owned(),
            what: What::Attestation { framework: "gdpr".to_owned(), requirement: "39".to_owned(), evidence: None },
            reason: "the officer: advises\n---\nkind: Exception".to_owned(),
            who: "mila".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            expires: date(2027, 1, 1),
            withdrawn: None,
        };
        let text = documents([&decision], date(2027, 1, 1));
        assert_eq!(text.lines().count(), 1, "nothing that is written makes another document: {text}");
        assert_eq!(documents([&decision], date(2027, 1, 2)), "");
    }
}
