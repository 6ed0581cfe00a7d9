//! How many pages and answers the hub gives a second, with how many findings.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Findings of the source.
const FINDINGS: &str = "50000";
/// Requests a second.
const A_SECOND: &str = "1000";
/// For so many seconds.
const SECONDS: &str = "30";
/// What is to be reached, in milliseconds.
const TO_REACH: (f64, f64) = (50.0, 100.0);

/// Measures, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// The hub or the load cannot be built, or requests failed.
pub fn hub() -> Result<ExitCode> {
    let built =
        succeeds(&mut cargo(&["build", "--release", "--locked", "-p", "cloister-cli", "-p", "cloister-e2e-hub"]))?;
    ensure!(built, "the load cannot be built");
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let program = folder.join("release/hub-load");
    let output = Command::new(&program).args([FINDINGS, A_SECOND, SECONDS]).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("failed to run {}", program.display()))?;
    ensure!(output.status.success(), "the load failed");
    let text = text(&serde_json::from_slice(&output.stdout).context("the load says what cannot be read")?)?;
    println!("{text}");
    let path = project().join("docs/benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    fs::write(&path, section::replaced(&page, "hub", &text))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn text(said: &Value) -> Result<String> {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_f64).context("a number is missing");
    let mut text = format!(
        "## Hub\n\nMeasured on {} by `cargo xtask bench hub`: {}. One source with {FINDINGS} findings ({:.0} MB of JSON, taken in {:.1} s); \
         {A_SECOND} requests a second for {SECONDS} seconds over 32 connections, by a load on the same machine. Each request has its own \
         time, and who comes late to it counts the waiting. Peak memory {:.0} MiB.\n\n\
         | what | slowest of the first | requests | failed | median | p99 | slowest |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine(),
        number(said, "bytes")? / 1e6,
        number(said, "taken")? / 1e3,
        number(said, "peakKiB")? / 1024.0,
    );
    let mut reached = true;
    for row in said.get("rows").and_then(Value::as_array).into_iter().flatten() {
        let (p99, first, failed) = (number(row, "p99")?, number(row, "first")?, number(row, "failed")?);
        reached &= p99 <= TO_REACH.0 && first <= TO_REACH.1 && failed < 1.0;
        text += &format!(
            "| {} | {first:.1} ms | {:.0} | {failed:.0} | {:.1} ms | {p99:.1} ms | {:.1} ms |\n",
            row.get("what").and_then(Value::as_str).unwrap_or_default(),
            number(row, "requests")?,
            number(row, "p50")?,
            number(row, "most")?,
        );
    }
    let events = said.get("events").context("the events are missing")?;
    text += &format!(
        "\nThen {:.0} audit events in batches of 400 over four connections, one in 500 of them something that rules tell of: {:.0} a second \
         are acknowledged, on the disk; {:.0} a second are judged, recorded and saved.\n",
        number(events, "count")?,
        number(events, "acknowledged")?,
        number(events, "judged")?,
    );
    let word = if reached { "reached" } else { "not reached" };
    text += &format!(
        "\nTo reach: p99 under {:.0} ms, first answers under {:.0} ms, none failed ({word}).",
        TO_REACH.0, TO_REACH.1
    );
    Ok(text)
}
