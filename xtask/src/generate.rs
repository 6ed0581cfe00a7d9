//! Generated files: each is written by the test that also proves it fresh, when `CLOISTER_GENERATE` is set.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cargo::{Count, cargo, count_tests, project};
use crate::outside::package_name;

const VARIABLE: &str = "CLOISTER_GENERATE";
/// Its tests write source files that the others are built from.
const FIRST: &str = "cloister-checks";

/// Writes every generated file.
///
/// # Errors
/// No crate generates anything, or cargo cannot be run.
pub fn generate() -> Result<ExitCode> {
    let mut count = run(&[FIRST.to_owned()], true)?;
    let rest: Vec<String> = generators()?.into_iter().filter(|package| package != FIRST).collect();
    count.add(run(&rest, true)?);
    Ok(exit(count))
}

/// Fails when a generated file is not what its generator would write, and names it.
///
/// # Errors
/// No crate generates anything, or cargo cannot be run.
pub fn check() -> Result<ExitCode> {
    Ok(exit(run(&Vec::from_iter(generators()?), false)?))
}

fn run(packages: &[String], write: bool) -> Result<Count> {
    if packages.is_empty() {
        return Ok(Count::default());
    }
    println!("generated files of {}", packages.join(", "));
    let mut command = cargo(&["test", "--quiet", "--release", "--locked", "--no-fail-fast"]);
    for package in packages {
        command.args(["--package", package]);
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

/// The crates with a source file that reads the variable.
fn generators() -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(project().join("crates")).context("failed to read the crates")?.flatten() {
        if mentions(&entry.path())? {
            found.extend(package_name(&entry.path()));
        }
    }
    if found.is_empty() {
        bail!("no crate reads {VARIABLE}");
    }
    Ok(found)
}

fn mentions(folder: &Path) -> Result<bool> {
    let entries: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("failed to read {}", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    for path in entries {
        let found = if path.is_dir() {
            mentions(&path)?
        } else {
            path.extension().is_some_and(|kind| kind == "rs") && fs::read_to_string(&path)?.contains(VARIABLE)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
