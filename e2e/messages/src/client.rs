//! Clients: libraries of Python, driven by a script for each protocol.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::planted::{self, Row};

/// Runs a script with rows; what it prints is returned.
pub(crate) fn run(package: (&str, &str), script: &str, port: u16, rows: &[Row], modes: &[&str]) -> Result<String> {
    let question = serde_json::json!({ "port": port, "rows": planted::json(rows), "modes": modes });
    ask(package, script, &question)
}

/// Runs a script that is asked something.
pub(crate) fn ask(package: (&str, &str), script: &str, question: &serde_json::Value) -> Result<String> {
    ask_with(&[package], script, question)
}

/// The same with several packages.
pub(crate) fn ask_with(packages: &[(&str, &str)], script: &str, question: &serde_json::Value) -> Result<String> {
    let python = cloister_tools::pythons(packages)?.join("bin/python");
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("failed to start Python")?;
    let mut stdin = child.stdin.take().context("Python has no standard input")?;
    stdin.write_all(question.to_string().as_bytes()).context("failed to write to Python")?;
    drop(stdin);
    let output = child.wait_with_output().context("failed to wait for Python")?;
    if !output.status.success() {
        let name = packages.first().map_or("Python", |package| package.0);
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
