//! The judge of the reader: YAML of every kind as Cloister reads it, beside what sigs.k8s.io/yaml, by
//! which kubectl and the API server read it, makes of the same text.

mod compare;
mod documents;
mod kubernetes;
mod page;
mod pieces;
mod reasons;
mod scalars;
mod words;

use std::process::ExitCode;

use anyhow::Result;

use super::{Dice, report};
use compare::difference;
use documents::{Case, case};

/// How many streams a full run reads.
pub const FULL_COUNT: usize = 50_000;

/// How many differences are shown.
const SHOWN: usize = 40;

/// Generates `count` streams, compares both readings, and says what it found.
///
/// # Errors
/// `yaml-reader` is missing or fails, or the page cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("yaml: {count} streams, seed {seed}");
    let mut dice = Dice::new(seed);
    let cases: Vec<Case> = (0..count).map(|_| case(&mut dice)).collect();
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let readings = kubernetes::read(&texts)?;
    let differences =
        cases.iter().zip(&readings).filter_map(|(case, reading)| Some((case, difference(&case.text, reading)?)));
    let (explained, wrong): (Vec<_>, Vec<_>) = differences
        .map(|(case, it)| (case, reasons::reason(case, &it), it))
        .partition(|(_, reason, _)| reason.is_some());
    for (case, _, difference) in wrong.iter().take(SHOWN) {
        println!("{}: {:?}\n  {difference:?}", case.class, case.text);
    }
    let same = count - explained.len() - wrong.len();
    println!("{same} of {count} read the same, {} differ for a reason, {} without one", explained.len(), wrong.len());
    if write {
        let explained: Vec<(&Case, usize)> =
            explained.iter().filter_map(|(case, reason, _)| Some((*case, (*reason)?))).collect();
        page::write(seed, &cases, &readings, &explained, wrong.len())?;
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
