//! What the programs' own packages make of words: the answers of `flag-reader`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use cloister_flags::Program;
use serde::Deserialize;
use serde_json::json;

use super::Answer;

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
    let mut child = Command::new(cloister_tools::path("flag-reader")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("failed to start flag-reader")?;
    let stdin = child.stdin.take().context("flag-reader has no standard input")?;
    let stdout = child.stdout.take().context("flag-reader has no standard output")?;
    let answers: Result<Vec<(Answer, String)>> = thread::scope(|scope| {
        let writer = scope.spawn(move || -> Result<()> {
            let mut out = BufWriter::new(stdin);
            for words in lines {
                serde_json::to_writer(&mut out, &json!({"program": program.name(), "words": words}))?;
                out.write_all(b"\n")?;
            }
            out.flush().context("failed to write to flag-reader")
        });
        let answers = BufReader::new(stdout).lines().map(|line| answer(program, &line?)).collect();
        writer.join().map_err(|_| anyhow!("the writer panicked"))??;
        answers
    });
    ensure!(child.wait().context("failed to wait for flag-reader")?.success(), "flag-reader failed");
    let answers = answers?;
    ensure!(answers.len() == lines.len(), "flag-reader answered {} of {} lines", answers.len(), lines.len());
    Ok(answers)
}

fn answer(program: Program, line: &str) -> Result<(Answer, String)> {
    let Line { stage, error, flags, mut gates } = serde_json::from_str(line).context("flag-reader answered no JSON")?;
    // It holds all programs, and so gates that a program alone does not have, as its `--help` says.
    if program == Program::Scheduler {
        gates.remove("ControllerManagerReleaseLeaderElectionLockOnExit");
    }
    Ok((Answer { stage, flags, gates }, error))
}
