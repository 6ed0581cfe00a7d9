//! The judge of messages: what real clients and servers of databases and brokers say, recorded between them, beside what
//! the readers of protocols make of it. The work is in `cloister-messages`, which builds in seconds.

use std::process::ExitCode;

use anyhow::Result;
use cloister_messages::{SCENES, page, play};

use super::report;

/// How many rows are planted in each mode of a full run.
pub const FULL_COUNT: usize = 200;
/// The title of the page.
const TITLE: &str = "What is read of databases and brokers";

/// Plays all scenes, or those whose names hold one of the parts, and says what was read.
///
/// # Errors
/// A server or a client is missing or fails; the page cannot be written.
pub fn run(seed: u64, count: usize, only: &str, write: bool) -> Result<ExitCode> {
    println!("messages: {count} rows in each mode, seed {seed}");
    let mut verdicts = Vec::new();
    for scene in SCENES.iter().filter(|scene| only.split(',').any(|part| scene.name.contains(part))) {
        let verdict = play(scene.name, seed, count)?;
        verdict.differences.iter().for_each(|difference| println!("differs: {difference}"));
        verdicts.push((scene, verdict));
    }
    let page = page(&verdicts);
    println!("{page}");
    if write {
        let path = report::project().join("docs/messages.md");
        let text = format!("{count} rows in each mode (seed {seed}, {}).\n\n{page}", report::today());
        report::write_section(&path, TITLE, "messages", &text)?;
    }
    let agrees = verdicts.iter().all(|(_, verdict)| verdict.differences.is_empty());
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
