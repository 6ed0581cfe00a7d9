//! The message to data subjects, Art. 34(2): in clear and plain language, what happened, what may come of it, what was done,
//! and who knows more.

use cloister_paper::{Block, Paper};
use cloister_register::DataCategory as Data;
use serde::Serialize;

use super::fields::{Missing, categories, measures, or_blank, reached};
use crate::document::Breach;
use crate::facts::{Contact, Facts, MeasureStatus};
use crate::step::moment;

/// The message, part by part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Our number, for questions.
    pub number: String,
    /// Who writes.
    pub from: String,
    /// When it happened.
    pub when: String,
    /// The nature of the breach.
    pub what: String,
    /// Which data.
    pub data: Vec<String>,
    /// Likely consequences, Art. 33(3)(c).
    pub consequences: Vec<String>,
    /// Measures, Art. 33(3)(d).
    pub measures: Vec<String>,
    /// What will be done.
    pub proposed: Vec<String>,
    /// What they can do themselves, recital 86.
    pub advice: Vec<String>,
    /// Who knows more, Art. 33(3)(b).
    pub contact: Option<Contact>,
    /// What it lacks.
    pub missing: Vec<Missing>,
}

impl Message {
    pub(super) fn new(breach: &Breach) -> Message {
        let facts = &breach.spec;
        let plainly = &facts.communication.plainly;
        let from = facts.occurred.as_ref().and_then(|it| it.from);
        Message {
            number: breach.metadata.name.clone(),
            from: facts.organisation.as_ref().map(|ours| ours.name.clone()).unwrap_or_default(),
            when: from.map(|from| moment(from).chars().take(10).collect()).unwrap_or_default(),
            what: if plainly.is_empty() { facts.description.clone() } else { plainly.clone() },
            data: categories(facts),
            consequences: facts.consequences.clone(),
            measures: measures(&without_times(facts), MeasureStatus::Taken),
            proposed: measures(&without_times(facts), MeasureStatus::Proposed),
            advice: if facts.communication.advice.is_empty() {
                advice(facts)
            } else {
                facts.communication.advice.clone()
            },
            contact: facts.contact.clone(),
            missing: missing(facts),
        }
    }

    pub(super) fn paper(&self) -> Paper {
        let mut paper = Paper::new("Your personal data: what happened, and what you can do");
        paper.foot = format!("{} · {}", self.from, self.number);
        paper.heading("What happened");
        paper.text(or_blank(&self.what));
        if !self.when.is_empty() {
            paper.text(format!("It happened on {}.", self.when));
        }
        paper.heading("Which of your data is concerned");
        if self.data.is_empty() {
            paper.text(or_blank(""));
        }
        paper.list(self.data.iter().cloned());
        paper.heading("What may come of it");
        paper.list(if self.consequences.is_empty() { vec![or_blank("")] } else { self.consequences.clone() });
        paper.heading("What we have done");
        paper.list(if self.measures.is_empty() { vec![or_blank("")] } else { self.measures.clone() });
        if !self.proposed.is_empty() {
            paper.text("This will follow:");
            paper.list(self.proposed.iter().cloned());
        }
        if !self.advice.is_empty() {
            paper.heading("What you can do");
            paper.list(self.advice.iter().cloned());
        }
        paper.heading("Whom you can ask");
        paper.text(format!("{}. Please name the number {}.", reached(self.contact.as_ref()), self.number));
        paper.text("You may complain to a data protection authority, such as that of the place where you live.");
        paper.blocks.push(Block::Text(or_blank(&self.from)));
        paper
    }
}

/// The hour in which something was done is of no use to who reads it.
fn without_times(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.measures.iter_mut().for_each(|measure| measure.at = None);
    facts
}

fn missing(facts: &Facts) -> Vec<Missing> {
    let all = [
        (
            facts.communication.plainly.is_empty(),
            "spec.communication.plainly",
            "what happened, in plain words for those whose data it is, Art. 34(2)",
        ),
        (
            facts.contact.as_ref().is_none_or(Contact::cannot_be_reached),
            "spec.contact",
            "who knows more, Art. 33(3)(b)",
        ),
        (facts.consequences.is_empty(), "spec.consequences", "likely consequences, Art. 33(3)(c)"),
        (facts.measures.is_empty(), "spec.measures", "measures, Art. 33(3)(d)"),
        (facts.affected.data_categories.is_empty(), "spec.affected.dataCategories", "which data is concerned"),
    ];
    let lacking = all.into_iter().filter(|(lacking, ..)| *lacking);
    lacking.map(|(_, field, what)| Missing { field: field.to_owned(), what: what.to_owned() }).collect()
}

/// By the data: what helps against its misuse.
fn advice(facts: &Facts) -> Vec<String> {
    let has = |list: &[Data]| facts.affected.data_categories.iter().any(|one| list.contains(&one.0));
    if facts.confidentiality.is_none() {
        return Vec::new();
    }
    let all = [
        (has(&[Data::Credentials]), "Change your password here, and everywhere else where you use the same one."),
        (
            has(&[Data::BankDetails, Data::PaymentCard, Data::Financial]),
            "Watch your account, and tell your bank of payments that you do not know.",
        ),
        (
            has(&[Data::ContactDetails, Data::EmailAddress, Data::PhoneNumber]),
            "Be careful with messages and calls that speak of us: we ask for no password and no payment.",
        ),
        (
            has(&[
                Data::NationalIdentifier,
                Data::IdentityDocument,
                Data::SocialSecurityNumber,
                Data::TaxIdentifier,
                Data::DateOfBirth,
            ]),
            "Watch for letters about contracts or accounts that you do not know; report them to the police.",
        ),
    ];
    all.into_iter().filter(|(helps, _)| *helps).map(|(_, text)| text.to_owned()).collect()
}
