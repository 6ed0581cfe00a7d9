//! The judge of messages: what real clients and servers say, recorded between them, beside what the readers of protocols
//! make of it. The work is in `cloister-messages`, which builds in seconds.

use std::process::ExitCode;

use anyhow::Result;
use cloister_messages::sections;

use super::report;

/// How many rows are planted in each mode of a full run.
pub const FULL_COUNT: usize = 200;

/// Plays all scenes, or those whose names hold one of the parts, and says what was read. Only what is whole is written.
///
/// # Errors
/// A server or a client is missing or fails; the page cannot be written.
pub fn run(seed: u64, count: usize, only: &str, write: bool) -> Result<ExitCode> {
    println!("messages: {count} rows in each mode, seed {seed}");
    let sections = sections(seed, count, only, &report::today())?;
    for (name, text) in &sections.texts {
        println!("{text}");
        if write && only.is_empty() {
            report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, name, text)?;
        }
    }
    Ok(if sections.agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
