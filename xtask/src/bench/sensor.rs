//! How much of a wire the sensor follows on one core without losing a frame, and what open connections cost.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::chart::Chart;
use super::page::{date, machine};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// What is to be reached: bits a second without loss, and memory at the most open connections.
const RATE: f64 = 1.5;
const MEMORY: u64 = 150_000_000;
const PICTURE: &str = "images/sensor-loss.svg";

/// Measures, draws docs/images/sensor-loss.svg, and writes the section of docs/benchmarks.md.
///
/// # Errors
/// A right, a program or a core is missing, or the sensor does not understand what it was sent; it is named.
pub fn sensor() -> Result<ExitCode> {
    let build = ["build", "--release", "-p", "cloister-sensor", "-p", "cloister-capture", "-p", "cloister-wire"];
    let built = succeeds(cargo(&build).args(["--features", "cloister-capture/libpcap"]))?;
    ensure!(built, "the sensor, the capture or the sender cannot be built: is libpcap-dev installed?");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let programs = target.join("release");
    let output = Command::new(programs.join("sensor-wire")).arg(&programs).stderr(Stdio::inherit()).output();
    let output = output.context("failed to run the sender")?;
    ensure!(output.status.success(), "the measurement failed");
    let told = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> =
        told.lines().map(serde_json::from_str).collect::<Result<_, serde_json::Error>>().context("no JSON")?;
    let docs = project().join("docs");
    let curve = of_part(&lines, "curve");
    fs::write(docs.join(PICTURE), picture(&curve)).context("failed to write the picture")?;
    let path = docs.join("benchmarks.md");
    let page = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let text = text(&curve, &highest(&lines), &of_part(&lines, "memory"));
    fs::write(&path, section::replaced(&page, "sensor", &text))
        .with_context(|| format!("failed to write {}", path.display()))?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn of_part<'a>(lines: &'a [Value], part: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line.get("part").and_then(Value::as_str) == Some(part)).collect()
}

fn number(line: &Value, name: &str) -> u64 {
    line.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// The highest rate without loss of each load, in words: where the sender came no further, at least that.
fn highest(lines: &[Value]) -> BTreeMap<String, String> {
    let named = |line: &Value| line.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let told = |line: &Value| {
        let least = if line.get("by_sender").and_then(Value::as_bool) == Some(true) { "at least " } else { "" };
        format!("{least}{:.2}", float(number(line, "megabits")) / 1000.0)
    };
    of_part(lines, "highest").into_iter().map(|line| (named(line), told(line))).collect()
}

/// Numbers here are far below 2^52.
fn float(number: u64) -> f64 {
    number as f64
}

fn percent(line: &Value) -> f64 {
    float(number(line, "lost")) * 100.0 / float(number(line, "frames").max(1))
}

fn picture(curve: &[&Value]) -> String {
    let points: Vec<(f64, f64)> =
        curve.iter().map(|line| (float(number(line, "megabits")) / 1000.0, percent(line))).collect();
    Chart {
        title: "Frames that the sensor lost, on one core",
        across: ("sent, Gbit/s", 4.0),
        up: ("lost, %", 100.0),
        steps: (0.5, 20.0),
        points: &points,
        mark: (RATE, "to reach without loss"),
    }
    .svg()
}

fn text(curve: &[&Value], highest: &BTreeMap<String, String>, memory: &[&Value]) -> String {
    let rate = |name: &str| highest.get(name).map_or("–", String::as_str);
    let mut text = format!(
        "## The sensor on a wire\n\nMeasured on {} by `cargo xtask bench sensor`: {}. HTTP/1.1 with JSON between services of the clinic, \
         1,000 connections at once, frame by frame in turns, over a veth pair between two network namespaces: MTU 1500, offloads off, each \
         rate for 8 s. Five in a hundred exchanges are about people. `cloister-sensor` and `cloister-capture` share one core, everything on, \
         with the clinic's register and the addresses of its pods; the sender, and with it the kernel's way to the interface of the other \
         namespace, has the other. Rates are of whole frames. Where nothing was lost, messages and planted bank accounts were counted \
         exactly.\n\n\
         | load | highest rate without loss, Gbit/s | to reach |\n| --- | ---: | ---: |\n\
         | plain bodies | {} | {RATE} |\n| bodies packed by gzip | {} | – |\n\
         | plain bodies that call themselves pictures, which are not searched | {} | – |\n\n\
         ![Loss by rate]({PICTURE})\n\n\
         | sent, Gbit/s | frames | lost, % | sensor, ns a frame | capture, ns a frame |\n| ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine(),
        rate("plain"),
        rate("gzip"),
        rate("unsearched")
    );
    for line in curve {
        let each = |name: &str| number(line, name) * 1_000_000 / (number(line, "frames") - number(line, "lost")).max(1);
        let _ = writeln!(
            text,
            "| {:.2} | {} | {:.2} | {} | {} |",
            float(number(line, "megabits")) / 1000.0,
            number(line, "frames"),
            percent(line),
            each("sensor_ms"),
            each("capture_ms")
        );
    }
    text.push_str(
        "\nMemory by open connections, all of them in their conversations, frame by frame in turns: the largest resident set of \
         the sensor, and that of the capture, in which the kernel's buffer for frames is.\n\n\
         | open connections | sensor | a connection more | capture | to reach |\n| ---: | ---: | ---: | ---: | --- |\n",
    );
    let mut before: Option<&&Value> = None;
    let named = |line: &Value, name: &str| line.get("name").and_then(Value::as_str) == Some(name);
    for line in memory {
        let before_it = before.filter(|_| named(line, "plain"));
        let more = before_it.map_or("–".to_owned(), |before| {
            let bytes = number(line, "peak_kib").saturating_sub(number(before, "peak_kib")) * 1024;
            let flows = number(line, "asked").saturating_sub(number(before, "asked")).max(1);
            format!("{} B", bytes / flows)
        });
        let megabytes = |name: &str| float(number(line, name) * 1024) / 1e6;
        let _ = writeln!(
            text,
            "| {}{} | {:.0} MB | {more} | {:.0} MB | {} |",
            number(line, "asked"),
            if named(line, "gzip") { ", gzip" } else { "" },
            megabytes("peak_kib"),
            megabytes("capture_kib"),
            if number(line, "asked") == 50_000 { format!("{} MB", MEMORY / 1_000_000) } else { "–".to_owned() }
        );
        before = Some(line);
    }
    text
}
