//! What an external processor adds to the time of requests through a real Envoy, beside one that does nothing.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Rounds of none, nothing and ours, one after the other.
const ROUNDS: &str = "5";

/// Measures, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// Envoy cannot be had, or the load does not get its answers.
pub fn extproc() -> Result<ExitCode> {
    ensure!(succeeds(cargo().args(["build", "--release", "-p", "cloister-e2e-envoy"]))?, "the load cannot be built");
    let program = project().join("target/release/extproc-latency");
    let output = Command::new(&program).arg(ROUNDS).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("failed to run {}", program.display()))?;
    ensure!(output.status.success(), "the load failed");
    let mut times: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let told: Value = serde_json::from_str(line).context("the load says what cannot be read")?;
        let number = |name: &str| told.get(name).and_then(Value::as_u64).context("a number is missing");
        let processor = told.get("processor").and_then(Value::as_str).unwrap_or_default().to_owned();
        times.entry(processor).or_default().push((number("p50")?, number("p99")?));
    }
    let path = project().join("docs/benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    fs::write(&path, section::replaced(&page, "extproc", &text(&times)))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The median of each number over the rounds.
fn median(times: &BTreeMap<String, Vec<(u64, u64)>>, name: &str) -> (u64, u64) {
    let middle = |mut all: Vec<u64>| {
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or(0)
    };
    let of = times.get(name).cloned().unwrap_or_default();
    (middle(of.iter().map(|(p50, _)| *p50).collect()), middle(of.iter().map(|(_, p99)| *p99).collect()))
}

fn text(times: &BTreeMap<String, Vec<(u64, u64)>>) -> String {
    let (none, nothing, ours) = (median(times, "none"), median(times, "nothing"), median(times, "cloister"));
    let mut text = format!(
        "## Inside Envoy\n\nMeasured on {} by `cargo xtask bench extproc`: {}. Requests with a body of 4 KB, 2,000 a second over 40 \
         connections, through one Envoy 1.40 with bodies FULL_DUPLEX_STREAMED, in microseconds from the moment at which each was \
         due; medians of {ROUNDS} rounds of 10,000. The load, Envoy, the server and the processor share the cores.\n\n\
         | processor | p50 | p99 | added p50 | added p99 |\n| --- | ---: | ---: | ---: | ---: |\n",
        date(),
        machine()
    );
    for (name, of) in [("none", none), ("one that does nothing", nothing), ("cloister, overwriting", ours)] {
        text.push_str(&format!(
            "| {name} | {} | {} | {} | {} |\n",
            of.0,
            of.1,
            of.0.saturating_sub(none.0),
            of.1.saturating_sub(none.1)
        ));
    }
    let ratio = |ours: u64, nothing: u64, none: u64| {
        let (ours, nothing) = (ours.saturating_sub(none), nothing.saturating_sub(none).max(1));
        format!("{}.{:02}", ours / nothing, ours * 100 / nothing % 100)
    };
    text.push_str(&format!(
        "\nCloister adds {} times what nothing adds at the median, {} times at p99 (to reach: at most 2).",
        ratio(ours.0, nothing.0, none.0),
        ratio(ours.1, nothing.1, none.1)
    ));
    text
}
