//! Runs cargo and counts what its tests came to.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// What the program is built without, and tested with: other features would compile much a second time.
pub const WHOLE: &str = "cloister-cli/parquet,cloister-cli/pdf,cloister-cli/postgres";

/// Passed and failed, tests and steps alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// The names of what failed, so that they stand at the end of a long run too.
    pub failures: Vec<String>,
}

impl Count {
    /// One step.
    pub fn step(name: &str, passed: bool) -> Self {
        let failures = if passed { Vec::new() } else { vec![name.to_owned()] };
        Self { passed: usize::from(passed), failed: usize::from(!passed), failures }
    }

    /// Adds another count to this one.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }

    /// Reads a line such as `test result: FAILED. 3 passed; 1 failed; 0 ignored; …`. An ignored test did not run, and
    /// what did not run has not passed.
    fn read(line: &str) -> Option<Self> {
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        let number = |name: &str| {
            let field = counts.split("; ").find_map(|field| field.strip_suffix(name))?;
            field.trim().parse::<usize>().ok()
        };
        let failed = number("failed")? + number("ignored")?;
        Some(Self { passed: number("passed")?, failed, failures: Vec::new() })
    }
}

/// The folder that holds the whole project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// cargo itself, in the project's folder.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(project());
    command
}

/// Runs a program, shows its output, and says whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    let name = command.get_program().to_string_lossy().into_owned();
    Ok(command.status().with_context(|| format!("failed to run {name}"))?.success())
}

/// Runs `cargo test` with these arguments, shows its output as it comes and counts the tests.
pub fn count_tests(command: &mut Command) -> Result<Count> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("failed to run cargo")?;
    let mut count = Count::default();
    let output = child.stdout.take().context("cargo has a standard output")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("failed to read what cargo wrote")?;
        if let Some(result) = Count::read(&line) {
            count.add(result);
        }
        count.failures.extend(failed_test(&line));
        println!("{line}");
    }
    let status = child.wait().context("failed to wait for cargo")?;
    if !status.success() && count.failed == 0 {
        // It did not build, or ended before it could say what failed.
        count.add(Count::step("the build of the tests", false));
    }
    Ok(count)
}

/// The test that a line such as `test answers::alike ... FAILED` names.
fn failed_test(line: &str) -> Option<String> {
    let (name, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
    (verdict.starts_with("FAILED") || verdict.starts_with("ignored")).then(|| format!("the test {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted_and_ignored_tests_count_as_failed() {
        let line = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(Count::read(line), Some(Count { passed: 3, failed: 3, failures: Vec::new() }));
        assert_eq!(Count::read("running 3 tests"), None);
    }

    #[test]
    fn failed_tests_are_named() {
        assert_eq!(failed_test("test reader::tabs ... FAILED").as_deref(), Some("the test reader::tabs"));
        assert_eq!(failed_test("test reader::tabs ... ignored, why").as_deref(), Some("the test reader::tabs"));
        assert_eq!(failed_test("test reader::tabs ... ok"), None);
    }
}
