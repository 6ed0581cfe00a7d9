//! Wall time and peak memory of one program, measured from a process that runs nothing else.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// From start to end.
    pub wall: Duration,
    /// The largest resident set of the program or of one of its children, in kibibytes.
    pub peak: i64,
    /// The exit status.
    pub status: i32,
}

/// Many runs of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The fastest.
    pub min: Duration,
    /// The middle one.
    pub median: Duration,
    /// The largest peak, in kibibytes.
    pub peak: i64,
    /// How many runs.
    pub runs: usize,
    /// The exit status of them all.
    pub status: i32,
}

impl Summary {
    /// Sums up; runs that end differently are not runs of the same.
    pub fn of(mut runs: Vec<Measured>) -> Result<Self> {
        runs.sort_by_key(|run| run.wall);
        let (first, middle) = (runs.first().copied(), runs.get(runs.len() / 2).copied());
        let (first, middle) = first.zip(middle).context("nothing was measured")?;
        ensure!(runs.iter().all(|run| run.status == first.status), "the same command ended differently");
        let peak = runs.iter().map(|run| run.peak).max().unwrap_or_default();
        Ok(Self { min: first.wall, median: middle.wall, peak, runs: runs.len(), status: first.status })
    }
}

/// Runs a program with its output thrown away.
///
/// The kernel tells a process the peak of all its children together, so each measurement has a process of its own:
/// this program again, as `measure`.
pub fn measure(program: &Path, arguments: &[OsString]) -> Result<Measured> {
    let own = std::env::current_exe().context("failed to find this program")?;
    let report = std::env::temp_dir().join(format!("cloister-measure-{}", std::process::id()));
    let status = Command::new(own).arg("measure").arg(&report).arg(program).args(arguments).status();
    let text = fs::read_to_string(&report);
    // The report is gone again whatever it says.
    let _ = fs::remove_file(&report);
    if !status.context("failed to start a measurement")?.success() {
        bail!("failed to measure {}", program.display());
    }
    read(&text.context("failed to read a measurement")?).context("a measurement has three numbers")
}

fn read(text: &str) -> Option<Measured> {
    let mut numbers = text.split_whitespace();
    Some(Measured {
        wall: Duration::from_nanos(numbers.next()?.parse().ok()?),
        peak: numbers.next()?.parse().ok()?,
        status: numbers.next()?.parse().ok()?,
    })
}

/// The measuring process itself: runs the program and writes what it took to `report`.
///
/// # Errors
/// The program cannot be started or was killed, or the report not be written.
pub fn measure_here(report: &str, program: &str, arguments: &[&str]) -> Result<ExitCode> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("failed to run {program}"))?;
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("failed to ask for the peak")?;
    let status = status.code().with_context(|| format!("{program} was killed"))?;
    fs::write(report, format!("{} {} {status}\n", wall.as_nanos(), usage.max_rss())).context("failed to report")?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_is_written() {
        let expected = Measured { wall: Duration::from_millis(2), peak: 4096, status: 1 };
        assert_eq!(read("2000000 4096 1\n"), Some(expected));
    }

    #[test]
    fn runs_that_end_differently_are_refused() {
        let run = |status| Measured { wall: Duration::from_secs(1), peak: 1, status };
        assert!(Summary::of(vec![run(0), run(1)]).is_err());
        assert!(Summary::of(vec![run(1), run(1), run(1)]).is_ok_and(|summary| summary.runs == 3));
    }
}
