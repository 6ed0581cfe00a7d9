//! What is known of a breach, as people write it.
//!
//! Everything may be missing at first: what is not known is asked for later, and until then the cautious answer counts.

mod affected;
mod happened;
mod parties;
mod response;

pub use affected::{Affected, Method, Protection};
pub use happened::{
    Access, Assurance, Availability, Cause, Confidentiality, Effect, Evidence, Integrity, Occurred, Recipients,
    Recovery, Source, Suspicion,
};
pub use parties::{Contact, CrossBorder, Organisation, Role};
pub use response::{Communication, Measure, MeasureStatus};

use serde::{Deserialize, Serialize};

use crate::severity::Judgement;

/// How long the record of a breach is kept after its closure, where nothing else is said.
pub const KEPT: &str = "P5Y";

/// The facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Facts {
    /// A name for people, without naming anybody.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What we are: it says whom we must tell.
    #[serde(skip_serializing_if = "Role::is_controller")]
    pub role: Role,
    /// Who we are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
    /// The data protection officer, or another point of contact, Art. 33(3)(b).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The supervisory authority that is competent, Art. 55.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub authority: String,
    /// Processing across borders, Art. 4(23) and 56.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_border: Option<CrossBorder>,
    /// What made us suspect a breach.
    #[serde(skip_serializing_if = "Suspicion::is_empty")]
    pub suspicion: Suspicion,
    /// When it happened, which is not when it became known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Occurred>,
    /// What happened, in a few sentences.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How it came to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Disclosure or access, Art. 4(12); absent where confidentiality is not concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidentiality: Option<Confidentiality>,
    /// Alteration, Art. 4(12); absent where it is not concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Integrity>,
    /// Loss or destruction, Art. 4(12); absent where it is not concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// Who and what is affected, Art. 33(3)(a).
    #[serde(skip_serializing_if = "Affected::is_empty")]
    pub affected: Affected,
    /// What made the data unintelligible, Art. 34(3)(a).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// Where the assessment of severity is corrected by people.
    #[serde(skip_serializing_if = "Judgement::is_empty")]
    pub severity: Judgement,
    /// Likely consequences for the data subjects, Art. 33(3)(c).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// Measures, Art. 33(3)(d).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What data subjects are told, Art. 34.
    #[serde(skip_serializing_if = "Communication::is_empty")]
    pub communication: Communication,
    /// How long the record is kept after closure, such as `P5Y`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_for: Option<String>,
}

impl Facts {
    /// Whether somebody meant harm.
    pub fn is_malicious(&self) -> bool {
        self.cause.is_some_and(Cause::is_malicious)
    }

    /// Which of confidentiality, integrity and availability are concerned, as Art. 33(3)(a) calls the nature of a breach.
    pub fn nature(&self) -> Vec<&'static str> {
        let all = [
            ("confidentiality", self.confidentiality.is_some()),
            ("integrity", self.integrity.is_some()),
            ("availability", self.availability.is_some()),
        ];
        all.into_iter().filter(|(_, concerned)| *concerned).map(|(word, _)| word).collect()
    }

    /// Fields of Art. 33(3) that a complete notification still lacks: the field, and what it is for.
    pub fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let affected = &self.affected;
        let all = [
            (self.description.is_empty(), "spec.description", "Art. 33(3)(a), the nature of the breach"),
            (
                self.nature().is_empty(),
                "spec.confidentiality, integrity or availability",
                "Art. 33(3)(a), the nature of the breach",
            ),
            (
                affected.data_subjects.is_empty(),
                "spec.affected.dataSubjects",
                "Art. 33(3)(a), categories of data subjects",
            ),
            (affected.people.is_none(), "spec.affected.people", "Art. 33(3)(a), approximate number of data subjects"),
            (
                affected.data_categories.is_empty(),
                "spec.affected.dataCategories",
                "Art. 33(3)(a), categories of records",
            ),
            (affected.records.is_none(), "spec.affected.records", "Art. 33(3)(a), approximate number of records"),
            (
                self.contact.as_ref().is_none_or(Contact::cannot_be_reached),
                "spec.contact",
                "Art. 33(3)(b), who knows more",
            ),
            (self.consequences.is_empty(), "spec.consequences", "Art. 33(3)(c), likely consequences"),
            (self.measures.is_empty(), "spec.measures", "Art. 33(3)(d), measures taken or proposed"),
        ];
        all.into_iter().filter(|(missing, ..)| *missing).map(|(_, field, why)| (field, why)).collect()
    }
}
