//! Cases that other projects wrote. They lie beside the project, not in it, and may be absent: then that is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::cargo::{cargo, count_tests, project};

/// Where the cases are looked for.
fn folder() -> PathBuf {
    std::env::var_os("CLOISTER_CONFORMANCE").map_or_else(|| project().join("../shared/conformance"), PathBuf::from)
}

/// Says whether the cases were there for the tests that read them.
pub fn report() {
    let folder = folder();
    if folder.is_dir() {
        println!("\noutside cases: read from {}", folder.display());
    } else {
        println!("\noutside cases: NOT RUN, {} does not exist (set CLOISTER_CONFORMANCE)", folder.display());
    }
}

/// Runs every test file that is called `conformance`, with its figures shown.
///
/// # Errors
/// The cases are absent, or nothing reads them.
pub fn conformance() -> Result<ExitCode> {
    let folder = folder();
    if !folder.is_dir() {
        bail!("{} does not exist: set CLOISTER_CONFORMANCE to the folder of the cases", folder.display());
    }
    let packages = packages_with("tests/conformance.rs")?;
    if packages.is_empty() {
        bail!("no crate has tests/conformance.rs");
    }
    let mut command = cargo(&["test", "--release", "--test", "conformance"]);
    for package in &packages {
        command.args(["--package", package]);
    }
    let count = count_tests(command.args(["--", "--nocapture"]).env("CLOISTER_CONFORMANCE", folder))?;
    Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The crates of this workspace that hold such a file.
pub fn packages_with(file: &str) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(project().join("crates"))?.flatten().map(|entry| entry.path()).collect();
    folders.extend(["conformance", "e2e"].map(|name| project().join(name)));
    for folder in folders {
        if folder.join(file).is_file() {
            packages.extend(package_name(&folder));
        }
    }
    packages.sort();
    Ok(packages)
}

/// The name that a crate's manifest gives it.
pub fn package_name(folder: &Path) -> Option<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(name.trim_matches('"').to_owned())
}
