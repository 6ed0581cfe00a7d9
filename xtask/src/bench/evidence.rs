//! How fast a log takes entries durably, beside what the disk gives at best; proofs, checking, memory, growth.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Entries of the two logs.
const ENTRIES: [&str; 2] = ["100000", "1000000"];
/// Entries a second that are to be reached.
const TO_REACH: f64 = 20_000.0;

/// Measures, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// The load cannot be built, or the disk refuses, or what was written does not hold.
pub fn evidence() -> Result<ExitCode> {
    let built = succeeds(&mut cargo(&["build", "--release", "--locked", "-p", "cloister-e2e-evidence"]))?;
    ensure!(built, "the load cannot be built");
    let folder: std::path::PathBuf =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let program = folder.join("release/evidence-load");
    let mut rows = Vec::new();
    for entries in ENTRIES {
        println!("evidence: {entries} entries");
        let output = Command::new(&program).arg(&folder).arg(entries).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("failed to run {}", program.display()))?;
        ensure!(output.status.success(), "the load failed");
        rows.push(serde_json::from_slice::<Value>(&output.stdout).context("the load says what cannot be read")?);
    }
    let text = text(&rows)?;
    println!("\n{text}");
    let path = project().join("docs/benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    fs::write(&path, section::replaced(&page, "evidence", &text))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn text(rows: &[Value]) -> Result<String> {
    let mut text = format!(
        "## Evidence\n\nMeasured on {} by `cargo xtask bench evidence`: {}. 16 writers hand over entries of 200 bytes one by \
         one, each with up to 1,024 on the way; an entry counts when its head is signed and on the disk. Beside it, what the \
         disk takes for the same bytes at the end of one file, with as many waits as heads were signed. Each size in a \
         process of its own.\n\n\
         | entries | appended a second | heads | ratio to the raw file | proof, median | slowest of 1,000 | checking all | peak memory | on the disk |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine()
    );
    let mut least = f64::MAX;
    for row in rows {
        let number = |name: &str| row.get(name).and_then(Value::as_f64).context("a number is missing");
        let a_second = number("entries")? / number("append")?;
        least = least.min(a_second);
        text += &format!(
            "| {:.0} | {a_second:.0} | {:.0} | {:.2} | {:.2} ms | {:.2} ms | {:.1} s | {:.0} MiB | {:.0} MB |\n",
            number("entries")?,
            number("heads")?,
            number("append")? / number("raw")?,
            number("proof")? * 1e3,
            number("slowestProof")? * 1e3,
            number("verify")?,
            number("peak")? / 1024.0,
            number("bytes")? / 1e6,
        );
    }
    let word = if least >= TO_REACH { "reached" } else { "not reached" };
    text += &format!("\nTo reach: {TO_REACH:.0} a second ({word}), and a proof under 10 ms.");
    Ok(text)
}
