//! Names that peers gave may themselves be personal: what looks like a value is not shown.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use cloister_detect::{MASK, scan, scan_field};
use foldhash::HashMap;

/// Longer names say nothing more.
const LONGEST: usize = 48;
/// More steps of a path are not shown.
const STEPS: usize = 12;
/// What has more words is a text.
const WORDS: usize = 4;

/// The name of a field, a column, a header or a host, fit to be shown.
pub fn masked_name(name: &str) -> Cow<'_, str> {
    let plain = |letter: char| {
        letter.is_alphanumeric()
            || matches!(letter, '.' | '_' | '-' | '[' | ']' | '*' | '$' | ':' | '@' | '~' | ' ' | '•')
    };
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let words = name.split(' ').count();
    match name.len() <= LONGEST && digits < 5 && words <= WORDS && name.chars().all(plain) && !is_personal(name) {
        true => Cow::Borrowed(name),
        false => Cow::Borrowed(MASK),
    }
}

/// Names and places that were shown before: messages repeat them.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// What it is kept by: names that peers gave are not.
    key: foldhash::quality::RandomState,
    known: HashMap<u64, Arc<str>>,
}

/// So many are remembered.
const REMEMBERED: usize = 4096;

impl Shown {
    /// The name of a field or its place, fit to be shown.
    pub fn of(&mut self, name: &str) -> Arc<str> {
        let hash = self.key.hash_one(name);
        if self.known.len() >= REMEMBERED && !self.known.contains_key(&hash) {
            self.known.clear();
        }
        Arc::clone(self.known.entry(hash).or_insert_with(|| masked_place(name).into()))
    }
}

/// The name of a field, or its place in a body: each step is shown if it looks like a name.
pub fn masked_place(place: &str) -> String {
    if !place.contains('/') {
        return masked_name(place).into_owned();
    }
    let steps = place.split('/').take(STEPS);
    let mut shown: Vec<String> = steps.map(|step| masked_name(step).into_owned()).collect();
    if place.split('/').nth(STEPS).is_some() {
        shown.push("…".to_owned());
    }
    shown.join("/")
}

/// A path, a table or a topic: each step is shown if it looks like a word and not like a value.
pub fn masked_target(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or("");
    let mut steps: Vec<&str> = path.split('/').take(STEPS).map(masked_step).collect();
    if path.split('/').nth(STEPS).is_some() {
        steps.push("…");
    }
    let joined = steps.join("/");
    // A value may be recognised only over its steps.
    if scan(&joined).is_empty() { joined } else { MASK.to_owned() }
}

/// Versions (`v1`) may have digits; other digits are numbers of something.
fn masked_step(step: &str) -> &str {
    let plain = |letter: char| letter.is_alphabetic() || matches!(letter, '.' | '_' | '-' | ':');
    let version = |step: &str| {
        step.len() <= 3 && step.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|it| it.is_ascii_digit()))
    };
    let names = step.split(['-', '_', '.']).count() <= 5;
    let word = || step.len() <= 32 && names && step.chars().all(plain) && !is_personal(step);
    if step.is_empty() || version(step) || word() { step } else { MASK }
}

/// Whether it is a value itself, or the name of a person written as one word: `jana-nova`.
fn is_personal(name: &str) -> bool {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    let person = name.split(['-', '_', '.', ':', ' ']).map(capital).collect::<Vec<_>>().join(" ");
    !scan(name).is_empty() || (person.contains(' ') && !scan_field("name", &person).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_and_values_are_not() {
        assert_eq!(masked_target("/v1/patients/86095742719/visits"), "/v1/patients/•••/visits");
        assert_eq!(masked_target("/users/jana.nova@clinic.eu"), "/users/•••");
        assert_eq!(masked_target("/reset?token=abc"), "/reset");
        assert_eq!(masked_target("/doctors/jana-nova/hours"), "/doctors/•••/hours");
        assert_eq!(masked_target("patients"), "patients");
        assert_eq!(masked_target(&"/a".repeat(30)), format!("{}/…", "/a".repeat(11)));
        assert_eq!(masked_name("date_of_birth"), "date_of_birth");
        assert_eq!(masked_name("items[2].name"), "items[2].name");
        assert_eq!(masked_name("jana.nova@clinic.eu"), "•••");
        assert_eq!(masked_name("86095742719"), "•••");
        assert_eq!(masked_name("date of birth"), "date of birth");
        assert_eq!(masked_name("jana nova"), "•••");
        assert_eq!(masked_place("/patients/*/ssn"), "/patients/*/ssn");
        assert_eq!(masked_place("/patients/jana nova/ssn"), "/patients/•••/ssn");
        assert_eq!(masked_place("/patients/jana@clinic.eu/86095742719/@id"), "/patients/•••/•••/@id");
        let mut shown = Shown::default();
        assert_eq!((&*shown.of("/a/*/b"), &*shown.of("jana.nova@clinic.eu")), ("/a/*/b", "•••"));
    }
}
