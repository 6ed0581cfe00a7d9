//! `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use super::Results;
use super::measure::Summary;

/// The whole page.
pub fn page(results: &Results) -> String {
    let mut text = String::from("# Benchmarks\n\n");
    let _ = writeln!(
        text,
        "Measured on {} by `cargo xtask bench`, which writes this page: {}. Each run is a process of its own with its \
         output thrown away; peak is the largest resident set that the kernel counted.\n",
        date(),
        machine()
    );
    race(results, &mut text);
    let [once, copied] = &results.growth;
    let [small, large] = results.growth_bytes;
    let _ = writeln!(
        text,
        "\n## Growth\n\nThe charts ({:.1} MB), and the same copied into ten sets of namespaces ({:.1} MB).\n\n\
         | input | fastest | median | peak |\n| --- | ---: | ---: | ---: |",
        megabytes(small),
        megabytes(large)
    );
    row("once", once, &mut text);
    row("ten times", copied, &mut text);
    let _ = writeln!(text, "\nTen times the input takes {:.1} times as long.", ratio(copied.median, once.median));
    let _ = writeln!(
        text,
        "\n## Start and size\n\n`cloister --version` takes {} (median of {}, fastest {}). The binary is {:.1} MB.",
        milliseconds(results.start.median),
        results.start.runs,
        milliseconds(results.start.min),
        megabytes(results.binary)
    );
    let _ = writeln!(
        text,
        "\n`cargo run --release -- scan examples/clinic`, with nothing compiled and every source downloaded, answers \
         after {} s.",
        results.first.as_secs()
    );
    text
}

fn race(results: &Results, text: &mut String) {
    let _ = writeln!(
        text,
        "## Against other scanners\n\n{} files of plain manifests ({:.1} MB): rendered charts and two demonstration \
         applications. Every contestant reads the same files with all that it checks unasked.\n\n\
         | scanner | runs | fastest | median | peak |\n| --- | ---: | ---: | ---: | ---: |",
        results.corpus.files.len(),
        megabytes(results.corpus.bytes)
    );
    for (name, summary) in &results.race {
        let _ = write!(text, "| {name} | {} ", summary.runs);
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            milliseconds(summary.min),
            milliseconds(summary.median),
            mebibytes(summary.peak)
        );
    }
    let Some(((_, ours), others)) = results.race.split_first() else { return };
    text.push('\n');
    for (name, summary) in others {
        let _ = writeln!(
            text,
            "- {name}: {:.1} times our median time ({:.1} times our fastest), {:.2} times our peak",
            ratio(summary.median, ours.median),
            ratio(summary.min, ours.min),
            float(summary.peak) / float(ours.peak)
        );
    }
}

fn row(name: &str, summary: &Summary, text: &mut String) {
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} |",
        milliseconds(summary.min),
        milliseconds(summary.median),
        mebibytes(summary.peak)
    );
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

pub fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

fn megabytes(bytes: u64) -> f64 {
    float(i64::try_from(bytes).unwrap_or(i64::MAX)) / 1e6
}

pub fn mebibytes(kibibytes: i64) -> String {
    format!("{:.0} MiB", float(kibibytes) / 1024.0)
}

/// Sizes are far below the 2^52 from which this would round.
fn float(number: i64) -> f64 {
    number as f64
}

pub fn date() -> String {
    let output = Command::new("date").arg("+%-d %B %Y").env("LC_ALL", "C").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// What kind of machine this is, without its name.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
    format!("{cores} cores, {}", model.trim_start_matches([' ', '\t', ':']))
}
