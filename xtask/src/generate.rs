//! Generated files: each is written by the test that also proves it fresh, when `CLOISTER_GENERATE` is set.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cargo::{Count, WHOLE, cargo, count_tests, project};

const VARIABLE: &str = "CLOISTER_GENERATE";
/// What they write is built into what the others run, each into the next.
const FIRST: [&str; 2] = ["registry", "catalogues"];

/// Writes every generated file.
///
/// # Errors
/// No test generates anything, or cargo cannot be run.
pub fn generate() -> Result<ExitCode> {
    let mut count = Count::default();
    for first in FIRST {
        count.add(run(&[first.to_owned()], true)?);
    }
    let rest: Vec<String> = generators()?.into_iter().filter(|target| !FIRST.contains(&target.as_str())).collect();
    count.add(run(&rest, true)?);
    Ok(exit(count))
}

/// Fails when a generated file is not what its generator would write, and names it.
///
/// # Errors
/// No test generates anything, or cargo cannot be run.
pub fn check() -> Result<ExitCode> {
    Ok(exit(run(&Vec::from_iter(generators()?), false)?))
}

/// Runs the test targets of these names, built as for the full test run: nothing is built a second time.
fn run(targets: &[String], write: bool) -> Result<Count> {
    if targets.is_empty() {
        return Ok(Count::default());
    }
    println!("generated files: tests {}", targets.join(", "));
    let mut command = cargo(&["test", "--quiet", "--release", "--locked", "--no-fail-fast", "--workspace"]);
    command.args(["--features", WHOLE]);
    for target in targets {
        command.args(["--test", target]);
    }
    command.env_remove(VARIABLE);
    if write {
        command.env(VARIABLE, "1");
    }
    count_tests(&mut command)
}

fn exit(count: Count) -> ExitCode {
    if count.failed == 0 {
        println!("generated files: fresh");
        return ExitCode::SUCCESS;
    }
    println!("generated files: {} tests failed, see above", count.failed);
    ExitCode::FAILURE
}

/// The test targets (files and folders of `tests/`) that read the variable.
fn generators() -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for package in fs::read_dir(project().join("crates")).context("failed to read the crates")?.flatten() {
        let Ok(targets) = fs::read_dir(package.path().join("tests")) else { continue };
        for target in targets.flatten().map(|entry| entry.path()) {
            if mentions(&target)? {
                found.extend(target.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
            }
        }
    }
    if found.is_empty() {
        bail!("no test reads {VARIABLE}");
    }
    Ok(found)
}

/// Whether a source file, or one below a folder, reads the variable.
fn mentions(path: &Path) -> Result<bool> {
    if !path.is_dir() {
        return Ok(path.extension().is_some_and(|kind| kind == "rs") && fs::read_to_string(path)?.contains(VARIABLE));
    }
    let entries = fs::read_dir(path).with_context(|| format!("failed to read {}", path.display()))?;
    for entry in entries.flatten() {
        if mentions(&entry.path())? {
            return Ok(true);
        }
    }
    Ok(false)
}
