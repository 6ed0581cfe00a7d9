//! `cloister breach draft`.

use std::process::ExitCode;

use cloister_breach::draft::Draft as Made;
use jiff::Timestamp;

use super::args::Draft;
use super::document::read;
use crate::way_out::failure;

/// Drafts, and tells what is missing.
pub fn run(asked: &Draft) -> anyhow::Result<ExitCode> {
    let breach = read(&asked.file)?.breach;
    let now = asked.now.unwrap_or_else(Timestamp::now);
    let draft = Made::new(asked.kind, &breach, now).map_err(|fault| failure(fault.cause, fault.help))?;
    for output in &asked.output {
        output.write(&draft)?;
    }
    for missing in draft.missing() {
        eprintln!("to be completed: {} ({})", missing.field, missing.what);
    }
    Ok(ExitCode::SUCCESS)
}
