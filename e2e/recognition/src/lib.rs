//! Documents in the languages of Europe with planted personal data and what only looks like it, made from a seed; and
//! how much of it a detector recognises.
//!
//! A crate of its own, of few dependencies, so that whoever changes the detector sees within seconds what came of it,
//! and so that benchmarks and the tests of the sensor can use the same documents.

mod document;
mod forms;
pub mod inputs;
mod judge;
mod language;
mod measure;
mod near;
mod numbers;
mod page;
mod quiet;
mod sources;
mod value;

use cloister_detect::Detection;

pub use document::{Document, Form, Planted};
pub use forms::document;
pub use judge::{Judgement, judge};
pub use language::{LANGUAGES, Language};
pub use measure::{Alarm, Example, Key, Measure, Score, counts, measure, share};
pub use page::page;
pub use quiet::{Quiet, log as quiet_log};

/// What the detector says of a document.
pub fn detect(_form: Form, text: &str) -> Vec<Detection> {
    cloister_detect::scan(text)
}
