//! What the programs' own packages make of words: the answers of `flag-reader`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cloister_flags::Program;
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::pipe::ask;

#[derive(Deserialize)]
struct Line {
    stage: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    flags: BTreeMap<String, String>,
    #[serde(default)]
    gates: BTreeSet<String>,
}

/// Asks for all command lines at once; the answers come in their order, each with its error.
pub(super) fn read(program: Program, lines: &[Vec<String>]) -> Result<Vec<(Answer, String)>> {
    let questions: Vec<_> = lines.iter().map(|words| json!({"program": program.name(), "words": words})).collect();
    ask("flag-reader", &questions, |line| answer(program, line))
}

fn answer(program: Program, line: &str) -> Result<(Answer, String)> {
    let Line { stage, error, flags, mut gates } = serde_json::from_str(line).context("flag-reader answered no JSON")?;
    // It holds all programs, and so gates that a program alone does not have, as its `--help` says.
    if program == Program::Scheduler {
        gates.remove("ControllerManagerReleaseLeaderElectionLockOnExit");
    }
    Ok((Answer { stage, flags, gates }, error))
}
