//! What several drafts say in the same words.

use jiff::Timestamp;
use serde::Serialize;

use crate::facts::{Contact, Facts, Measure, MeasureStatus};
use crate::step::moment;

/// Stands where something is not known yet, so that nobody sends it unread.
pub(crate) const BLANK: &str = "[to be completed]";

/// Something that a draft lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field of the document.
    pub field: String,
    /// What it is for.
    pub what: String,
}

pub(crate) fn or_blank(text: &str) -> String {
    if text.trim().is_empty() { BLANK.to_owned() } else { text.to_owned() }
}

pub(crate) fn listed(words: &[String]) -> String {
    or_blank(&words.join(", "))
}

/// `about 1 200`.
pub(crate) fn about(number: Option<u64>) -> String {
    number.map_or(BLANK.to_owned(), |number| format!("about {}", grouped(number)))
}

/// Thousands apart, by a space that no line ends at.
pub(crate) fn grouped(number: u64) -> String {
    cloister_model::numbers::grouped(number, '\u{a0}')
}

pub(crate) fn reached(contact: Option<&Contact>) -> String {
    let Some(contact) = contact else { return BLANK.to_owned() };
    let mut parts = vec![&*contact.name];
    parts.extend(contact.ways());
    or_blank(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

pub(crate) fn categories(facts: &Facts) -> Vec<String> {
    facts.affected.data_categories.iter().map(|category| category.0.phrase()).collect()
}

pub(crate) fn measures(facts: &Facts, status: MeasureStatus) -> Vec<String> {
    let of = facts.measures.iter().filter(|measure| measure.status == status);
    of.map(|measure: &Measure| match measure.at {
        Some(at) => format!("{} ({})", measure.what, moment(at)),
        None => measure.what.clone(),
    })
    .collect()
}

pub(crate) fn period(from: Option<Timestamp>, to: Option<Timestamp>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("from {} to {}", moment(from), moment(to)),
        (Some(from), None) => format!("since {}; its end is not known, or it goes on", moment(from)),
        (None, Some(to)) => format!("until {}; its begin is not known", moment(to)),
        (None, None) => "not known yet".to_owned(),
    }
}

pub(crate) fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// `1 field`, `2 fields`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
