//! How fast detectors read on one core, beside Vectorscan that looks for the same patterns and checks nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// What is measured: the name of the input, what it is, how `detect-speed` reads it, and what is to be reached, in
/// megabytes a second. The peer looks for everything, so it stands beside the rows of all detectors.
const MEASURED: [(&str, &str, Detectors, Option<u64>); 5] = [
    ("mixed", "logs and JSON, one line in a hundred about a person", Detectors::All, Some(250)),
    ("digits", "rows of numbers", Detectors::All, None),
    ("no-digits", "words without a digit", Detectors::All, None),
    ("digits", "rows of numbers", Detectors::Numbers, Some(400)),
    ("no-digits", "words without a digit", Detectors::Numbers, Some(1000)),
];

/// Which detectors are on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detectors {
    All,
    Numbers,
}

impl Detectors {
    /// What `detect-speed` calls them, and the page.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Detectors::All => ("run", "all"),
            Detectors::Numbers => ("numbers", "numbers alone"),
        }
    }
}

const BYTES: &str = "20000000";

/// Measures, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// Vectorscan's library or a compiler is missing, or a program fails; it is named.
pub fn detect() -> Result<ExitCode> {
    let build = ["build", "--release", "-p", "cloister-recognition", "--example", "detect-speed"];
    ensure!(succeeds(&mut cargo(&build))?, "the detectors cannot be built");
    let ours = project().join("target/release/examples/detect-speed");
    let folder = tempfile::tempdir().context("no folder for the inputs")?;
    run(Command::new(&ours).arg("inputs").arg(folder.path()).arg(BYTES))?;
    let patterns = folder.path().join("patterns");
    fs::write(&patterns, run(Command::new(&ours).arg("patterns"))?).context("the patterns cannot be written")?;
    let theirs = vectorscan(folder.path())?;
    let mut rows = Vec::new();
    for (name, what, detectors, goal) in MEASURED {
        let input = folder.path().join(name);
        let own = speed(&run(Command::new(&ours).arg(detectors.names().0).arg(&input))?)?;
        let other = (detectors == Detectors::All)
            .then(|| speed(&run(Command::new(&theirs).arg(&patterns).arg(&input))?))
            .transpose()?;
        rows.push(Row { what, detectors, goal, own, other });
    }
    let count = fs::read_to_string(&patterns).context("the patterns cannot be read")?.lines().count();
    let path = project().join("docs/benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    fs::write(&path, section::replaced(&page, "detect", &text(count, &rows)))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// A line of JSON → megabytes a second, and how many were found.
fn speed(line: &str) -> Result<(u64, u64)> {
    let told: Value = serde_json::from_str(line.trim()).context("a contestant says what cannot be read")?;
    let number = |name: &str| told.get(name).and_then(Value::as_u64).context("a number is missing");
    Ok((number("bytes")? * 1000 / number("nanoseconds")?.max(1), number("found")?))
}

fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("failed to run {name}"))?;
    ensure!(output.status.success(), "{name} failed");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Compiles the peer: Debian's library, and a callback that counts.
fn vectorscan(folder: &Path) -> Result<std::path::PathBuf> {
    let program = folder.join("vectorscan");
    let source = project().join("xtask/src/bench/vectorscan.c");
    let mut compile = Command::new("cc");
    compile.args(["-O2", "-o"]).arg(&program).arg(source).arg("-lhs");
    if !succeeds(&mut compile)? {
        bail!("the peer cannot be compiled: install a C compiler and libvectorscan-dev");
    }
    Ok(program)
}

/// An input, which detectors read it, what is to be reached, and what was: megabytes a second, and how many were found.
struct Row {
    what: &'static str,
    detectors: Detectors,
    goal: Option<u64>,
    own: (u64, u64),
    other: Option<(u64, u64)>,
}

impl Row {
    fn line(&self) -> String {
        let shown = |number: Option<u64>| number.map_or("–".to_owned(), |number| number.to_string());
        let times = self.other.map(|other| self.own.0 * 100 / other.0.max(1));
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            self.what,
            self.detectors.names().1,
            self.own.0,
            shown(self.goal),
            self.own.1,
            shown(self.other.map(|other| other.0)),
            shown(self.other.map(|other| other.1)),
            times.map_or("–".to_owned(), |times| format!("{}.{:02}", times / 100, times % 100))
        )
    }
}

fn text(patterns: usize, rows: &[Row]) -> String {
    let mut text = format!(
        "## Detectors\n\nMeasured on {} by `cargo xtask bench detect`: {}. One core, pieces of 64 KB of {} MB, the fastest of five \
         runs. `all` is everything that Cloister detects, with checksums, dates, words and names; `numbers alone` is what \
         digits give away (numbers of persons, accounts, cards, telephones, dates of birth, addresses of machines), with \
         their checks and the words beside them. Vectorscan (Debian's libvectorscan, streaming, a callback in C that counts) \
         looks for {patterns} patterns made of the same shapes, addresses and credentials, and checks nothing.\n\n\
         | input | detectors | cloister, MB/s | to reach | found | Vectorscan, MB/s | matches | times |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine(),
        BYTES.len().saturating_sub(6) * 10
    );
    rows.iter().for_each(|row| text.push_str(&row.line()));
    text
}
