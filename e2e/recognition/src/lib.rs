//! Documents in the languages of Europe with planted personal data and what only looks like it, made from a seed; and
//! how much of it a detector recognises.
//!
//! A crate of its own, of few dependencies, so that whoever changes the detector sees within seconds what came of it,
//! and so that benchmarks and the tests of the sensor can use the same documents.

mod document;
mod forms;
mod language;
mod measure;
mod near;
mod numbers;
mod page;
mod quiet;
mod value;

use cloister_detect::Detection;
use cloister_dice::Dice;

pub use document::{Document, Form, Planted};
pub use forms::document;
pub use language::{LANGUAGES, Language};
pub use measure::{Alarm, Example, Key, Measure, Score, counts, share};
pub use page::page;
pub use quiet::{Quiet, log as quiet_log};

/// What the detector says of a document.
pub fn detect(_form: Form, text: &str) -> Vec<Detection> {
    cloister_detect::scan(text)
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
            measure.add(&document, &detect(form, &document.text));
        }
    }
    measure
}
