//! The judge of recognition: documents with planted personal data, in many languages and forms, beside what the
//! detector finds in them; and texts without personal data, where it should find nothing.

use std::process::ExitCode;

use anyhow::Result;
use cloister_recognition::{Measure, measure, page};

use super::report;

/// How many documents of each language a full run makes.
pub const FULL_COUNT: usize = 400;

/// Makes `count` documents of each language and says what was found in them.
///
/// # Errors
/// The page cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("recognition: {count} documents of each language, seed {seed}");
    let measured = measure(seed, count);
    let text = page(&measured);
    println!("{text}");
    if write {
        let path = report::project().join("docs/recognition.md");
        report::write_section(&path, TITLE, "recognition", &section(&measured, seed, &text))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The title of the page.
const TITLE: &str = "How much personal data is recognised";

fn section(measured: &Measure, seed: u64, text: &str) -> String {
    format!(
        "{} generated documents, {} kB (seed {seed}, {}).\n\n{text}",
        measured.documents,
        measured.bytes / 1000,
        report::today()
    )
}
