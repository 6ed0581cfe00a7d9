//! The real binaries, started: whether they take their words. `--version` before them lets them read all words, and
//! then print their version and end.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cloister_flags::Program;

use super::generate::Case;
use super::{Tally, answer};

/// One of so many lines is tried, and of etcd, which is quick, each.
const EVERY: usize = 10;

/// Starts the program with lines that cannot make it stay. Of kube-proxy no binary is built.
pub(super) fn start(tally: &mut Tally, program: Program, cases: &[Case]) -> Result<()> {
    if program == Program::Proxy {
        return Ok(());
    }
    let path = cloister_tools::path(program.name())?;
    let every = if program == Program::Etcd { 1 } else { EVERY };
    // A second flag could take the first back, and then a server would start.
    let lines = cases.iter().step_by(every).map(Case::words);
    for given in lines.filter(|words| !words.iter().any(|word| word.contains("version"))) {
        let words: Vec<String> = std::iter::once("--version".to_owned()).chain(given).collect();
        let mut command = Command::new(&path);
        let output = command.args(&words).env_clear().stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("failed to run {}", program.name()))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let real = match (output.status.success(), printed.lines().count()) {
            (false, _) => "an error",
            (true, lines) if lines > 10 => "help",
            (true, _) => "version",
        };
        tally.starts += 1;
        let stage = answer(program, &words).stage;
        let ours = if matches!(stage.as_str(), "help" | "version") { stage.as_str() } else { "an error" };
        if ours != real {
            tally.differences.push(format!("{} {words:?} ends with {real}, we say {ours}", program.name()));
        }
    }
    Ok(())
}
