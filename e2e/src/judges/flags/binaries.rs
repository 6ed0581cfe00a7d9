//! The real etcd, started: whether it takes its words. `--version` before them lets it read them all and end.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cloister_flags::Program;

use super::generate::Case;
use super::{Tally, answer};

/// How many lines it is started with at most.
const MOST: usize = 1_000;

/// Starts etcd with each line that cannot make it stay.
pub(super) fn etcd(tally: &mut Tally, cases: &[Case]) -> Result<()> {
    let program = cloister_tools::path("etcd")?;
    for case in cases.iter().take(MOST) {
        let given = case.words();
        // A second flag could take the first back, and then a member would start.
        if given.iter().any(|word| word.contains("version")) {
            continue;
        }
        let words: Vec<String> = std::iter::once("--version".to_owned()).chain(given).collect();
        let output = Command::new(&program)
            .args(&words)
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .context("failed to run etcd")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let real = match (output.status.code(), printed.starts_with("etcd Version")) {
            (Some(0), true) => "version",
            (Some(0), false) => "help",
            (Some(2), _) => "words",
            _ => "arguments",
        };
        tally.etcd += 1;
        let ours = answer(Program::Etcd, &words).stage;
        if ours != real {
            tally.differences.push(format!("etcd {words:?} ends at {real}, we say {ours}"));
        }
    }
    Ok(())
}
