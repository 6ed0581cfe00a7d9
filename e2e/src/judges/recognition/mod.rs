//! The judge of recognition: documents with planted personal data, in many languages and forms, beside what the
//! detector finds in them; and texts without personal data, where it should find nothing.

use std::process::ExitCode;

use anyhow::Result;
use cloister_recognition::judge;

use super::report;

/// How many documents of each language a full run makes.
pub const FULL_COUNT: usize = 200;
/// How many bytes of sources are read for each document of a language.
const BYTES: usize = 250_000;
/// The title of the page.
const TITLE: &str = "How much personal data is recognised";

/// Makes `count` documents of each language and says what was found in them.
///
/// # Errors
/// The page cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("recognition: {count} documents of each language, seed {seed}");
    let charts = report::project().join("../shared/corpora/charts");
    let judged = judge(seed, count, count * BYTES, &charts);
    println!("{}", judged.page);
    judged.broken.iter().for_each(|broken| println!("broken: {broken}"));
    if write {
        let path = report::project().join("docs/recognition.md");
        let text = format!(
            "{count} generated documents of each language (seed {seed}, {}).\n\n{}",
            report::today(),
            judged.page
        );
        report::write_section(&path, TITLE, "recognition", &text)?;
    }
    Ok(if judged.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
