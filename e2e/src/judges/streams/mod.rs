//! The judge of streams: sessions through a network that loses, doubles, disorders and cuts packets; what `cloister-packet`
//! puts together is held against tshark and against what was sent. The work is in `cloister-streams`, which builds in
//! seconds.

use std::process::ExitCode;

use anyhow::Result;

use super::report;

/// Sessions of each scenario of a full run.
pub const FULL_COUNT: usize = cloister_streams::FULL_COUNT;

/// Runs `count` sessions of each scenario.
///
/// # Errors
/// Something that is needed is missing, or fails.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("streams: {count} sessions of each scenario, seed {seed}");
    let tally = cloister_streams::run(seed, count)?;
    let page = format!("{}\nSeed {seed}, {}.\n", tally.page(), report::today());
    println!("{page}");
    if write {
        report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, "streams", &page)?;
    }
    Ok(if tally.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
