//! Nodes: how long collecting takes on one with many processes, and assessing on many of them.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use super::contestants;
use super::kubeadm::lay_out;
use super::measure::{Measured, Summary, measure};
use super::page::{date, machine, mebibytes, milliseconds};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Processes beside those of Kubernetes.
const PROCESSES: usize = 500;
/// Nodes whose facts are assessed.
const NODES: [usize; 2] = [1000, 10_000];
/// Runs of each.
const RUNS: usize = 15;

/// Processes that only wait, stopped when this is dropped.
struct Crowd(Vec<Child>);

impl Crowd {
    fn start() -> Result<Crowd> {
        let mut crowd = Crowd(Vec::new());
        for _ in 0..PROCESSES {
            let child = Command::new("sleep").arg("600").stdin(Stdio::null()).stdout(Stdio::null()).spawn();
            crowd.0.push(child.context("failed to start sleep")?);
        }
        Ok(crowd)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that is gone already needs no stopping.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn words(arguments: &[&str]) -> Vec<OsString> {
    arguments.iter().map(OsString::from).collect()
}

fn runs(arguments: &[OsString], number: usize) -> Result<Summary> {
    let program = contestants::cloister()?;
    let runs: Vec<Measured> = (0..number).map(|_| measure(&program, arguments)).collect::<Result<_>>()?;
    Summary::of(runs)
}

/// Facts of so many nodes in one folder.
fn facts(folder: &Path, one: &str, nodes: usize) -> Result<PathBuf> {
    let folder = folder.join(format!("facts-{nodes}"));
    fs::create_dir_all(&folder).context("failed to make the folder of facts")?;
    for number in 0..nodes {
        let text = one.replacen("name: node", &format!("name: node-{number}"), 1);
        fs::write(folder.join(format!("node-{number}.yaml")), text).context("failed to write facts")?;
    }
    Ok(folder)
}

/// Builds, lays out, measures and writes its section of the page.
///
/// # Errors
/// Something cannot be built, written or run.
pub fn node() -> Result<ExitCode> {
    ensure!(
        succeeds(&mut cargo(&["build", "--release", "--locked", "--package", "cloister-cli"]))?,
        "it does not build"
    );
    let folder = project().join("target/node");
    let root = folder.join("host");
    lay_out(&root, PROCESSES)?;
    let here = {
        let _crowd = Crowd::start()?;
        runs(&words(&["node", "collect"]), RUNS)?
    };
    let root = root.to_string_lossy().into_owned();
    let collect = ["node", "collect", "--name", "node", "--root", &root];
    let collected = runs(&words(&collect), RUNS)?;
    let output = Command::new(contestants::cloister()?).args(collect).output().context("failed to collect")?;
    ensure!(output.status.success(), "not all was read: {}", String::from_utf8_lossy(&output.stderr));
    let one = String::from_utf8(output.stdout).context("facts are UTF-8")?;
    let mut text = format!(
        "## Nodes\n\nMeasured on {} by `cargo xtask bench node`: {}. `cloister node collect` of a control plane node, laid out in a \
         folder as kubeadm does it: the flags of its six programs, static pods, kubeconfigs, certificates by openssl, configurations, and \
         {PROCESSES} more processes in its `/proc`; the same on this machine, where no program of Kubernetes runs, with {PROCESSES} more \
         processes in the kernel's own `/proc`; and `cloister scan --node-facts` of many such nodes' facts ({} kB each), reading them \
         included.\n\n\
         | what | median | fastest | peak | to reach |\n| --- | ---: | ---: | ---: | ---: |\n\
         | `node collect`, a control plane node | {} | {} | {} | 200 ms, 30 MB |\n\
         | `node collect`, this machine | {} | {} | {} | 200 ms, 30 MB |\n",
        date(),
        machine(),
        one.len() / 1000,
        milliseconds(collected.median),
        milliseconds(collected.min),
        mebibytes(collected.peak),
        milliseconds(here.median),
        milliseconds(here.min),
        mebibytes(here.peak)
    );
    for nodes in NODES {
        let folder = facts(&folder, &one, nodes)?;
        let arguments = words(&["scan", "--fail-on", "never", "--node-facts", &folder.to_string_lossy()]);
        let whole = runs(&arguments, if nodes > 1000 { 3 } else { RUNS })?;
        let reach = if nodes > 1000 { "–" } else { "1 s" };
        let _ = writeln!(
            text,
            "| {nodes} nodes assessed | {} | {} | {} | {reach} |",
            milliseconds(whole.median),
            milliseconds(whole.min),
            mebibytes(whole.peak)
        );
    }
    println!("{text}");
    let path = project().join("docs/benchmarks.md");
    let page = section::replaced(&fs::read_to_string(&path).unwrap_or_default(), "node", &text);
    fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}
