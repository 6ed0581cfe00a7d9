//! How fast the hub's store takes what comes, durably, and a large assessment; beside each other, SQLite and PostgreSQL.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};
use crate::packages;

/// The stores, as the load and as people name them.
const STORES: [(&str, &str); 2] = [("sqlite", "SQLite"), ("postgres", "PostgreSQL 15")];

/// Measures, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// The load cannot be built, a package is missing, or a store fails.
pub fn store() -> Result<ExitCode> {
    packages::install()?;
    let build = ["build", "--release", "--locked", "-p", "cloister-store", "--features", "postgres", "--examples"];
    ensure!(succeeds(&mut cargo(&build))?, "the load cannot be built");
    let folder: std::path::PathBuf =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let program = folder.join("release/examples/store-load");
    let mut rows = Vec::new();
    for (kind, name) in STORES {
        println!("store: {name}");
        let output = Command::new(&program).arg(kind).arg(std::env::temp_dir()).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("failed to run {}", program.display()))?;
        ensure!(output.status.success(), "the load failed");
        let told: Value = serde_json::from_slice(&output.stdout).context("the load says what cannot be read")?;
        rows.push((name, told));
    }
    let text = text(&rows)?;
    println!("\n{text}");
    let path = project().join("docs/benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    fs::write(&path, section::replaced(&page, "store", &text))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn text(rows: &[(&str, Value)]) -> Result<String> {
    let mut text = format!(
        "## The hub's store\n\nMeasured on {} by `cargo xtask bench store`: {}. 16 callers at once, each with one call on the way; a \
         call counts when its commit is on the disk. Items of 1,000 bytes. The assessment has 50,000 findings, 600 requirements \
         and a body of 4 MB; it is recorded first, unchanged, and with 500 findings replaced. Peak memory is that of the process, \
         without the server, with the assessment itself in it. PostgreSQL runs on the same cores, with its settings as installed.\n\n\
         | | {} |\n| --- |{}\n",
        date(),
        machine(),
        rows.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" | "),
        " ---: |".repeat(rows.len())
    );
    let lines: [(&str, &str, f64, usize, &str); 11] = [
        ("items queued a second, one a call", "one", 1.0, 0, ""),
        ("items queued a second, 100 a call", "hundred", 1.0, 0, ""),
        ("items taken and done a second, 100 a call, one caller", "done", 1.0, 0, ""),
        ("detections kept a second, one a call", "detections", 1.0, 0, ""),
        ("the first assessment", "first", 1.0, 2, " s"),
        ("the same again", "unchanged", 1.0, 2, " s"),
        ("with 500 replaced", "changed", 1.0, 2, " s"),
        ("a page of 100 findings, median", "page", 1e3, 2, " ms"),
        ("a page of 100 findings, p99", "slowPage", 1e3, 2, " ms"),
        ("memory before the assessment", "quiet", 1.0 / 1024.0, 0, " MiB"),
        ("peak memory", "peak", 1.0 / 1024.0, 0, " MiB"),
    ];
    for (line, field, factor, digits, unit) in lines {
        text += &format!("| {line} |");
        for (_, told) in rows {
            let number = told.get(field).and_then(Value::as_f64).context("a number is missing")? * factor;
            text += &format!(" {number:.digits$}{unit} |");
        }
        text.push('\n');
    }
    Ok(text)
}
