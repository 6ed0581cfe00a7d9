//! Libraries of Kubernetes behind a pipe: small programs of ours that answer each line with a line.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use serde::Serialize;

/// Asks a tool everything at once, each question as a line of JSON; the answers come in their order.
///
/// # Errors
/// The tool is missing or fails, an answer is not what `answer` reads, or one is missing.
pub(crate) fn ask<Q: Serialize + Sync, A>(
    tool: &str,
    questions: &[Q],
    answer: impl Fn(&str) -> Result<A>,
) -> Result<Vec<A>> {
    let program = cloister_tools::path(tool)?;
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("failed to start {tool}"))?;
    let stdin = child.stdin.take().with_context(|| format!("{tool} has no standard input"))?;
    let stdout = child.stdout.take().with_context(|| format!("{tool} has no standard output"))?;
    let answers: Result<Vec<A>> = thread::scope(|scope| {
        // Beside the reading, so that neither side waits for the other with a full pipe.
        let writer = scope.spawn(move || -> Result<()> {
            let mut lines = BufWriter::new(stdin);
            for question in questions {
                serde_json::to_writer(&mut lines, question)?;
                lines.write_all(b"\n")?;
            }
            lines.flush().with_context(|| format!("failed to write to {tool}"))
        });
        let answers = BufReader::new(stdout)
            .lines()
            .map(|line| answer(&line?).with_context(|| format!("{tool} answered something else")))
            .collect();
        writer.join().map_err(|_| anyhow!("the writer panicked"))??;
        answers
    });
    ensure!(child.wait().with_context(|| format!("failed to wait for {tool}"))?.success(), "{tool} failed");
    let answers = answers?;
    ensure!(answers.len() == questions.len(), "{tool} answered {} of {} lines", answers.len(), questions.len());
    Ok(answers)
}
