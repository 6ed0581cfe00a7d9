//! Audit logs under every rule: how many events a second are judged, in how much memory, and how that grows.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use super::contestants;
use super::measure::Measured;
use super::minimize::{fastest, generate, mega, speed};
use super::page::{date, machine, mebibytes};
use super::section;
use crate::cargo::{cargo, project, succeeds};

const SMALL: u64 = 100_000_000;
const LARGE: u64 = 1_000_000_000;
/// A log in which nearly every event is of another user.
const DIVERSE: u64 = 250_000_000;
const SUBJECTS: u64 = 500;
const MANY_SUBJECTS: u64 = 400_000;

/// Builds, generates, measures, writes its section of `docs/benchmarks.md`, and takes the logs away again.
///
/// # Errors
/// The program cannot be built or run.
pub fn rules() -> Result<ExitCode> {
    let built = succeeds(&mut cargo(&["build", "--release", "--locked", "--package", "cloister-cli"]))?;
    ensure!(built, "cloister does not build");
    let folder = project().join("target").join("bench-rules");
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let measured = run(&folder);
    fs::remove_dir_all(&folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    measured
}

fn run(folder: &Path) -> Result<ExitCode> {
    let cloister = contestants::cloister()?;
    let logs =
        [("100 MB", SMALL, SUBJECTS), ("1 GB", LARGE, SUBJECTS), ("250 MB of 400,000 users", DIVERSE, MANY_SUBJECTS)];
    let mut rows = Vec::new();
    for (name, bytes, subjects) in logs {
        let log = generate(&folder.join("audit.log"), bytes, subjects)?;
        let events = fs::read(&log).context("failed to read the log")?.iter().filter(|byte| **byte == b'\n').count();
        rows.push((name, bytes, u64::try_from(events)?, fastest(&cloister, &arguments(&log))?));
    }
    let text = page(&rows);
    println!("\n{text}");
    let path = project().join("docs/benchmarks.md");
    let old = fs::read_to_string(&path).unwrap_or_else(|_| "# Benchmarks\n".to_owned());
    fs::write(&path, section::replaced(&old, "rules", &text))
        .with_context(|| format!("failed to write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// One namespace in eight holds personal data; nothing is left that a rule would have to know.
fn arguments(log: &Path) -> Vec<OsString> {
    let words = ["audit", "detect", "--output", "json", "--fail-on", "never", "--inside", "10.0.0.0/8"];
    let mut arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
    for team in 0..5 {
        arguments.extend(["--personal".into(), format!("team-{}", team * 8).into()]);
    }
    arguments.push(log.into());
    arguments
}

fn page(rows: &[(&str, u64, u64, Measured)]) -> String {
    let mut text = String::from("## Detections\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "`cloister audit detect` with every rule over generated logs (events of 1 to 2 kB of {SUBJECTS} users, where no other \
         number stands), {}: {}. One core; the fastest of 3 runs.\n\n| log | events | time | events a second | MB/s | peak |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |",
        date(),
        machine(),
    );
    for (name, bytes, events, run) in rows {
        // Far below the 2^52 from which this would round.
        let rate = *events as f64 / run.wall.as_secs_f64();
        let _ = writeln!(
            text,
            "| {name} ({:.0} MB) | {events} | {:.2} s | {rate:.0} | {:.0} | {} |",
            mega(*bytes),
            run.wall.as_secs_f64(),
            speed(*bytes, run),
            mebibytes(run.peak)
        );
    }
    text
}
