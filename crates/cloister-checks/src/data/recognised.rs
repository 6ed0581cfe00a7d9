//! What is recognised in a value, and how it is told.

use std::cell::OnceCell;

use cloister_detect::profile::Profile;
use cloister_detect::{Category, Confidence, Detection, scan_field};
use cloister_model::{Place, Severity};

/// What a value holds: looked for when the first check asks.
#[derive(Debug, Default)]
pub(crate) struct Recognised<'a> {
    found: OnceCell<Vec<Detection>>,
    profile: Option<&'a Profile>,
}

impl<'a> Recognised<'a> {
    /// By the profile, if there is one.
    pub(crate) fn by(profile: Option<&'a Profile>) -> Recognised<'a> {
        Recognised { found: OnceCell::new(), profile }
    }

    /// Credentials in `value`, by the name of its field too.
    pub(crate) fn credentials(&self, name: &str, value: &str) -> impl Iterator<Item = &Detection> {
        self.all(name, value).iter().filter(|one| is_credential(one))
    }

    /// Personal data in `value`, by the name of its field too.
    pub(crate) fn personal_data(&self, name: &str, value: &str) -> Vec<&Detection> {
        self.all(name, value).iter().filter(|one| is_personal(one)).collect()
    }

    /// What is known to hold nothing is not looked at.
    pub(crate) fn nothing() -> Recognised<'a> {
        Recognised { found: OnceCell::from(Vec::new()), profile: None }
    }

    /// Whether there is anything at all.
    pub(crate) fn is_nothing(&self, name: &str, value: &str) -> bool {
        self.all(name, value).is_empty()
    }

    fn all(&self, name: &str, value: &str) -> &[Detection] {
        self.found.get_or_init(|| match self.profile {
            Some(profile) => profile.scan_field(name, value),
            None => scan_field(name, value),
        })
    }
}

/// Credentials in a text without a name.
pub(crate) fn credentials(text: &str) -> Vec<Detection> {
    let mut found = scan_field("", text);
    found.retain(is_credential);
    found
}

fn is_credential(detection: &Detection) -> bool {
    detection.category == Category::Credentials && detection.confidence > Confidence::Possible
}

fn is_personal(detection: &Detection) -> bool {
    detection.category.is_personal() && detection.confidence > Confidence::Possible
}

/// What a detection found in a text of several lines: its place.
pub(crate) fn within<'a>(place: Place<'a>, text: &str, detection: &Detection) -> Place<'a> {
    let before = text.get(..detection.offset).unwrap_or("");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or("").chars().count();
    place.line(line, column)
}

/// One finding for a value of personal data: what was seen, masked, and whether
/// it looks like an example.
pub(crate) fn personal_message(subject: &str, found: &[&Detection]) -> String {
    let mut titles: Vec<String> = Vec::new();
    for one in found {
        let title = format!("{} ({})", one.title, one.masked);
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let test = found.iter().all(|one| one.test_data);
    let note = if test { "; it looks like test data: make sure that no real person's is used" } else { "" };
    format!("{subject} holds {}{note}", titles.join(", "))
}

/// Examples are hygiene; data of a special category are worse than others.
pub(crate) fn personal_severity(found: &[&Detection]) -> Severity {
    if found.iter().all(|one| one.test_data) {
        Severity::Low
    } else if found.iter().any(|one| one.category.is_special()) {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// Whether a value holds personal data that are no examples.
pub(crate) fn personal_data_in(name: &str, value: &str) -> bool {
    scan_field(name, value).iter().any(|one| is_personal(one) && !one.test_data)
}
