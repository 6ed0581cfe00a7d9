//! A large cluster: what it costs to list and assess 20,000 pods and 5,000 other objects, beside what `kubectl` takes
//! for the lists alone.

mod objects;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

use super::report;
use crate::{ControlPlane, Request, Response};

/// Namespaces of a full run; each holds 200 pods and 50 other objects.
const NAMESPACES: usize = 100;
/// How often each side is timed.
const ROUNDS: usize = 5;
/// As whom Cloister comes, so that the audit log tells its requests from others.
const USER: &str = "cloister-scanner";
/// What is to be reached: times as long as kubectl, and kibibytes.
const SLOWEST: f64 = 1.3;
const LARGEST: i64 = 500_000_000 / 1024;

/// What was measured.
struct Results {
    pods: usize,
    others: usize,
    /// The median of scanning, and of `kubectl get --raw` for every list that the scan made.
    scan: Duration,
    lists: Duration,
    /// How many lists, and how many bytes they hold.
    paths: usize,
    bytes: usize,
    /// Peak memory of the scan in kibibytes.
    peak: i64,
}

/// Runs the judge as a program.
///
/// # Errors
/// The control plane did not start or refused an object, or a program could not be run.
pub fn run(write: bool) -> Result<ExitCode> {
    let plane = ControlPlane::start()?;
    let start = Instant::now();
    let pods = fill(&plane)?;
    println!("large-cluster: filled in {} s", start.elapsed().as_secs());
    let results = measure(&plane, pods)?;
    let text = page(&results);
    println!("{text}");
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "large-cluster", &text)?;
    }
    let reached = results.ratio() <= SLOWEST && results.peak <= LARGEST;
    Ok(if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fills the cluster; gives the number of pods.
fn fill(plane: &ControlPlane) -> Result<usize> {
    let mut pods = 0;
    for number in 0..NAMESPACES {
        let namespace = objects::namespace(number);
        plane.create_namespace(&namespace, &[("pod-security.kubernetes.io/enforce", "restricted")])?;
        let answers = send(plane, &objects::others(&namespace))?;
        let owners: Vec<Value> = answers
            .iter()
            .filter(|answer| answer.body.contains("\"kind\":\"ReplicaSet\""))
            .map(Response::json)
            .collect::<Result<_>>()?;
        ensure!(owners.len() == objects::APPS, "{} ReplicaSets in {namespace}", owners.len());
        let requests: Vec<Request> = owners.iter().flat_map(|owner| objects::pods(&namespace, owner)).collect();
        pods += send(plane, &requests)?.len();
        if (number + 1) % 10 == 0 {
            println!("large-cluster: {} of {NAMESPACES} namespaces", number + 1);
        }
    }
    Ok(pods)
}

fn send(plane: &ControlPlane, requests: &[Request]) -> Result<Vec<Response>> {
    plane.api().send_all(requests)?.into_iter().map(Response::success).collect()
}

fn measure(plane: &ControlPlane, pods: usize) -> Result<Results> {
    let cloister = super::cloister()?;
    let kubeconfig = plane.kubeconfig_as(USER, &["system:masters"])?;
    let scan = median(|| {
        let mut command = Command::new(&cloister);
        command.args(["scan", "--cluster", "--fail-on", "never", "--kubeconfig"]).arg(&kubeconfig);
        timed(&mut command).map(|(time, _)| time)
    })?;
    // So far this process has waited for no other child than the scans.
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).context("failed to ask for the peak")?.max_rss();
    let paths = listed(plane)?;
    ensure!(paths.iter().any(|path| path == "/api/v1/pods"), "the scan did not list pods: {paths:?}");
    let mut bytes = 0;
    let lists = median(|| {
        bytes = 0;
        let mut sum = Duration::ZERO;
        for path in &paths {
            let mut command = Command::new(cloister_tools::path("kubectl")?);
            command.args(["get", "--raw", path, "--kubeconfig"]).arg(plane.kubeconfig());
            let (time, output) = timed(&mut command)?;
            sum += time;
            bytes += output;
        }
        Ok(sum)
    })?;
    let kinds: usize = paths.iter().map(|path| count(plane, path)).sum::<Result<usize>>()?;
    Ok(Results { pods, others: kinds - pods, scan, lists, paths: paths.len(), bytes, peak })
}

/// The lists that the scan asked for, as the audit log has them, without their pages.
fn listed(plane: &ControlPlane) -> Result<BTreeSet<String>> {
    let log = fs::read_to_string(plane.audit_log()).context("failed to read the audit log")?;
    let mut paths = BTreeSet::new();
    for line in log.lines().filter(|line| line.contains(USER)) {
        let event: Value = serde_json::from_str(line).context("the audit log is not JSON")?;
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        if text("/verb") == "list"
            && text("/user/username") == USER
            && event.pointer("/responseStatus/code") == Some(&200.into())
        {
            let uri = text("/requestURI");
            paths.insert(uri.split('?').next().unwrap_or(uri).to_owned());
        }
    }
    Ok(paths)
}

fn count(plane: &ControlPlane, path: &str) -> Result<usize> {
    let list = plane.api().get(path)?.success()?.json()?;
    Ok(list.get("items").and_then(Value::as_array).map_or(0, Vec::len))
}

/// How long a program takes, and how many bytes it writes.
fn timed(command: &mut Command) -> Result<(Duration, usize)> {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().context("failed to run a program")?;
    let time = start.elapsed();
    let name = PathBuf::from(command.get_program());
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} ended with {}: {error}", name.display(), output.status);
    Ok((time, output.stdout.len()))
}

fn median(mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut times = (0..ROUNDS).map(|_| run()).collect::<Result<Vec<_>>>()?;
    times.sort();
    times.get(ROUNDS / 2).copied().context("nothing was timed")
}

impl Results {
    fn ratio(&self) -> f64 {
        self.scan.as_secs_f64() / self.lists.as_secs_f64()
    }
}

fn page(results: &Results) -> String {
    let mut text = String::from("## A large cluster\n\n");
    let _ = writeln!(
        text,
        "{} pods and {} other objects in a real API server ({}), {}. `cloister scan --cluster` lists and assesses them in \
         {:.2} s; `kubectl get --raw` of the same {} lists, one after the other, takes {:.2} s for {} MB. That is {:.2} \
         times as long, with a peak of {} MiB (medians of {ROUNDS}; to reach: {SLOWEST} times, 500 MB).",
        results.pods,
        results.others,
        cloister_tools::KUBERNETES_VERSION,
        report::today(),
        results.scan.as_secs_f64(),
        results.paths,
        results.lists.as_secs_f64(),
        results.bytes / 1_000_000,
        results.ratio(),
        results.peak / 1024,
    );
    text
}
