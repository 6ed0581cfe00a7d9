//! What Kubernetes makes of a stream: the answers of `yaml-reader`, which is sigs.k8s.io/yaml behind a pipe.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// How Kubernetes reads one stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// The documents that hold something, and whether a key stands twice.
    Read { documents: Vec<Value>, doubled: bool },
    /// Why it refuses the stream, or one document of it.
    Refused(String),
}

/// Asks for all streams at once; the answers come in their order.
pub(super) fn read(texts: &[&str]) -> Result<Vec<Reading>> {
    let mut child = Command::new(cloister_tools::path("yaml-reader")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start yaml-reader")?;
    let stdin = child.stdin.take().context("yaml-reader has no standard input")?;
    let stdout = child.stdout.take().context("yaml-reader has no standard output")?;
    let answers: Result<Vec<Reading>> = thread::scope(|scope| {
        let writer = scope.spawn(move || -> Result<()> {
            let mut lines = BufWriter::new(stdin);
            for text in texts {
                serde_json::to_writer(&mut lines, text)?;
                lines.write_all(b"\n")?;
            }
            lines.flush().context("failed to write to yaml-reader")
        });
        let answers = BufReader::new(stdout).lines().map(|line| reading(&line?)).collect();
        writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
        answers
    });
    ensure!(child.wait().context("failed to wait for yaml-reader")?.success(), "yaml-reader failed");
    let answers = answers?;
    ensure!(answers.len() == texts.len(), "yaml-reader answered {} of {} streams", answers.len(), texts.len());
    Ok(answers)
}

fn reading(line: &str) -> Result<Reading> {
    let answer: Value = serde_json::from_str(line).context("yaml-reader answered no JSON")?;
    let documents = answer.get("documents").and_then(Value::as_array).context("an answer without documents")?;
    let error = |of: &Value| of.get("error").and_then(Value::as_str).map(str::to_owned);
    if let Some(error) = documents.iter().find_map(error).or_else(|| error(&answer)) {
        return Ok(Reading::Refused(error));
    }
    let doubled = documents.iter().any(|document| document.get("strict").is_some());
    let values = documents.iter().filter_map(|document| document.get("json"));
    Ok(Reading::Read { documents: values.filter(|value| !value.is_null()).cloned().collect(), doubled })
}
