//! What a detector says of documents, beside the truth.

use std::collections::BTreeMap;

use cloister_detect::{Confidence, Detection};
use cloister_dice::Dice;

use crate::document::{Document, Form, Planted};
use crate::forms::document;
use crate::language::LANGUAGES;

/// How many values there were, and how many were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Planted.
    pub planted: usize,
    /// Found, and said to be of that category, or of another number of persons.
    pub found: usize,
    /// Found with the very kind.
    pub named: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.planted += other.planted;
        self.found += other.found;
        self.named += other.named;
    }

    /// The share that was found; all of nothing is all.
    pub fn recall(self) -> f64 {
        share(self.found, self.planted)
    }
}

/// `part` of `whole`; 1 of nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if whole == 0 { 1.0 } else { float(part) / float(whole) }
}

/// By what the scores are told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The kind of the value.
    pub kind: &'static str,
    /// Its category.
    pub category: &'static str,
    /// The language of the document.
    pub language: &'static str,
    /// How the document is written.
    pub form: &'static str,
    /// Whether a checksum decides.
    pub checked: bool,
    /// Whether the value stood with what announces it.
    pub with_context: bool,
}

/// A detection where nothing of that category was planted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// What was detected.
    pub detected: &'static str,
    /// What stands there: the class of a near miss, another kind of personal data, or `text`.
    pub at: &'static str,
}

/// One value that was not found, or one false alarm: for those who mend it.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it was.
    pub what: String,
    /// The text around it, all made up.
    pub text: String,
}

/// What was found in many documents.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// Values.
    pub scores: BTreeMap<Key, Score>,
    /// False alarms.
    pub alarms: BTreeMap<Alarm, usize>,
    /// Detections, by kind, that stand where they should.
    pub right: BTreeMap<&'static str, usize>,
    /// Documents read.
    pub documents: usize,
    /// Bytes read.
    pub bytes: usize,
    /// A few of what went wrong, by what it was.
    pub examples: BTreeMap<String, Vec<Example>>,
}

/// Categories of numbers that are given to persons: one may serve as another (a tax number that is the national one).
const NUMBERS: [&str; 6] =
    ["national-identifier", "tax-identifier", "social-security-number", "health", "identity-document", "education"];
/// How many examples of a kind are kept.
const EXAMPLES: usize = 6;

/// What counts at default thresholds.
pub fn counts(detection: &Detection) -> bool {
    detection.confidence >= Confidence::Likely && !detection.test_data
}

fn fits(planted: &Planted, detection: &Detection) -> bool {
    let numbers = planted.checked && NUMBERS.contains(&detection.category.as_str());
    planted.category.is_some_and(|own| own == detection.category.as_str() || numbers && NUMBERS.contains(&own))
}

fn overlap(planted: &Planted, detection: &Detection) -> usize {
    let end = (planted.offset + planted.length).min(detection.end());
    end.saturating_sub(planted.offset.max(detection.offset))
}

/// `count` documents of each language, in each form in turn, and what the detector says of them.
pub fn measure(seed: u64, count: usize) -> Measure {
    let mut dice = Dice::new(seed);
    let mut measure = Measure::default();
    for index in 0..count {
        for language in LANGUAGES {
            let forms = Form::ALL;
            let form = forms.get(index % forms.len()).copied().unwrap_or(Form::Prose);
            let document = document(form, language, &mut dice);
            measure.add(&document, &crate::detect(form, &document.text));
        }
    }
    measure
}

impl Measure {
    /// Adds what `found` says of `document`.
    pub fn add(&mut self, document: &Document, found: &[Detection]) {
        let found: Vec<&Detection> = found.iter().filter(|one| counts(one)).collect();
        self.documents += 1;
        self.bytes += document.text.len();
        for planted in &document.planted {
            self.value(document, planted, &found);
        }
        for detection in &found {
            self.detection(document, detection);
        }
    }

    fn value(&mut self, document: &Document, planted: &Planted, found: &[&Detection]) {
        let Some(category) = planted.category else { return };
        let right = found.iter().find(|one| fits(planted, one) && 2 * overlap(planted, one) >= planted.length);
        let score = Score {
            planted: 1,
            found: usize::from(right.is_some()),
            named: usize::from(right.is_some_and(|one| one.kind == planted.kind)),
        };
        let Planted { kind, checked, with_context, .. } = *planted;
        let (language, form) = (document.language, document.form.name());
        self.scores.entry(Key { kind, category, language, form, checked, with_context }).or_default().add(score);
        if right.is_none() {
            let context = if with_context { "missed" } else { "bare" };
            self.example(format!("{context} {kind} {form}"), document, planted.offset, planted.length);
        }
    }

    fn detection(&mut self, document: &Document, detection: &Detection) {
        let touched = |planted: &&Planted| overlap(planted, detection) > 0;
        if document.planted.iter().any(|planted| touched(&planted) && fits(planted, detection)) {
            *self.right.entry(detection.kind).or_default() += 1;
            return;
        }
        let at = document.planted.iter().find(touched).map_or("text", |planted| planted.kind);
        *self.alarms.entry(Alarm { detected: detection.kind, at }).or_default() += 1;
        self.example(format!("alarm {} at {at}", detection.kind), document, detection.offset, detection.length);
    }

    fn example(&mut self, what: String, document: &Document, offset: usize, length: usize) {
        let kept = self.examples.entry(what).or_default();
        if kept.len() < EXAMPLES {
            let text = around(&document.text, offset, length);
            kept.push(Example { what: format!("{} {}", document.language, document.form.name()), text });
        }
    }

    /// The sum of the scores that a test lets through.
    pub fn sum(&self, test: impl Fn(&Key) -> bool) -> Score {
        let mut sum = Score::default();
        self.scores.iter().filter(|(key, _)| test(key)).for_each(|(_, score)| sum.add(*score));
        sum
    }

    /// Of the detections of these kinds, the share that stands where it should.
    pub fn precision(&self, test: impl Fn(&str) -> bool) -> (f64, usize) {
        let right: usize = self.right.iter().filter(|(kind, _)| test(kind)).map(|(_, count)| count).sum();
        let wrong: usize = self.alarms.iter().filter(|(alarm, _)| test(alarm.detected)).map(|(_, count)| count).sum();
        (share(right, right + wrong), wrong)
    }
}

/// The place in its line, with a mark on each side.
fn around(text: &str, offset: usize, length: usize) -> String {
    let near = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let start = (offset.saturating_sub(60)..=offset).find(|at| text.is_char_boundary(*at)).unwrap_or(offset);
    let end = (offset + length).min(text.len());
    let after = (end..=(end + 30).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    let line = format!("{}⟦{}⟧{}", near(start, offset), near(offset, end), near(end, after));
    line.replace('\n', "⏎")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document whose only value is `value`, at the end of `text`.
    fn document(before: &str, value: &str) -> Document {
        let mut document = Document::new(Form::Labels, "de");
        document.push(before);
        document.planted.push(Planted {
            offset: document.text.len(),
            length: value.len(),
            kind: "iban",
            category: Some("bank-details"),
            checked: true,
            with_context: true,
        });
        document.push(value);
        document
    }

    #[test]
    fn what_is_found_missed_and_invented_is_counted() {
        let good = "DE51100500009876543210";
        let mut measure = Measure::default();
        let found = document("IBAN: ", good);
        measure.add(&found, &cloister_detect::scan(&found.text));
        measure.add(&document("IBAN: ", "DE58100500009876543210"), &[]);
        let nothing = Document { planted: Vec::new(), ..found.clone() };
        measure.add(&nothing, &cloister_detect::scan(&nothing.text));
        assert_eq!(measure.sum(|_| true), Score { planted: 2, found: 1, named: 1 });
        assert_eq!(measure.alarms.get(&Alarm { detected: "iban", at: "text" }), Some(&1));
        assert_eq!(measure.precision(|_| true), (0.5, 1));
    }
}
