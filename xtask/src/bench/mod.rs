//! The race: `cloister` and other scanners over the same files, growth, start-up and size. Only measured numbers.

mod chart;
mod contestants;
mod corpus;
mod detect;
mod evidence;
mod extproc;
mod hostile;
mod hub;
mod kubeadm;
mod measure;
mod minimize;
mod network;
mod node;
mod page;
mod rbac;
mod rules;
mod section;
mod sensor;
mod store;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::cargo::{cargo, project, succeeds};
use contestants::Contestant;
use corpus::Corpus;
pub use detect::detect;
pub use evidence::evidence;
pub use extproc::extproc;
pub use hostile::hostile;
pub use hub::hub;
pub use measure::measure_here;
use measure::{Measured, Summary, measure};
pub use minimize::minimize;
pub use network::network;
pub use node::node;
pub use rbac::rbac;
pub use rules::rules;
pub use sensor::sensor;
pub use store::store;

/// Rounds of the fast contestants; each round runs all of them, one after the other.
const ROUNDS: usize = 15;
/// Rounds that the slow ones take part in.
const SLOW_ROUNDS: usize = 3;
/// Runs of a command that only starts up.
const STARTS: usize = 40;
/// Into how many sets of namespaces the charts are copied for the question of growth.
const GROWTH: usize = 10;

/// What was measured.
pub struct Results {
    /// The files of the race.
    corpus: Corpus,
    /// Each contestant's name and figures; ours is the first.
    race: Vec<(String, Summary)>,
    /// Ours on the charts, once and copied.
    growth: [Summary; 2],
    /// Sizes of the charts, once and copied, in bytes.
    growth_bytes: [u64; 2],
    /// `cloister --version`.
    start: Summary,
    /// The binary's size in bytes.
    binary: u64,
    /// From sources, with nothing compiled yet, to the first answer.
    first: Duration,
}

/// Builds, races and writes `docs/benchmarks.md`.
///
/// # Errors
/// The corpora are absent, or a contestant cannot be built, installed or run.
pub fn bench(corpora: Option<&str>) -> Result<ExitCode> {
    let corpora = corpora.map_or_else(|| project().join("../shared/corpora"), PathBuf::from);
    ensure!(corpora.is_dir(), "{} does not exist: name the folder of the corpora", corpora.display());
    ensure!(
        succeeds(&mut cargo(&["build", "--release", "--locked", "--package", "cloister-cli"]))?,
        "cloister does not build"
    );
    let scratch = project().join("target").join("bench");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("failed to empty {}", scratch.display()))?;
    }
    let corpus = Corpus::copy(&corpora, &scratch.join("race"))?;
    let contestants = contestants::all(&corpus)?;
    let race = race(&contestants)?;

    println!("growth: the charts, and their copies in {GROWTH} sets of namespaces");
    let once = Corpus::copy(&corpora.join("charts"), &scratch.join("once"))?;
    let copied = once.copies(&scratch.join("copied"), GROWTH)?;
    let cloister = contestants::cloister()?;
    let growth = [grown(&cloister, &once)?, grown(&cloister, &copied)?];
    let start = Summary::of((0..STARTS).map(|_| measure(&cloister, &["--version".into()])).collect::<Result<_>>()?)?;
    let binary = fs::metadata(&cloister).context("failed to read the binary's size")?.len();
    let growth_bytes = [once.bytes, copied.bytes];
    let first = first_answer(&scratch.join("first"))?;
    let results = Results { corpus, race, growth, growth_bytes, start, binary, first };
    let page = page::page(&results);
    println!("\n{page}");
    let path = project().join("docs/benchmarks.md");
    let others = section::all(&fs::read_to_string(&path).unwrap_or_default());
    fs::write(&path, page + &others).with_context(|| format!("failed to write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// How long the first command of the README takes where nothing is compiled yet; the sources are downloaded already.
fn first_answer(target: &Path) -> Result<Duration> {
    println!("first answer: building into an empty folder");
    let start = Instant::now();
    let mut command = cargo(&["run", "--release", "--locked", "--quiet", "--target-dir"]);
    let status = command.arg(target).args(["--", "scan", "examples/clinic"]).stdout(Stdio::null()).status();
    let status = status.context("failed to run cargo")?;
    // The clinic has findings, which is what 1 says.
    ensure!(status.code() == Some(1), "the first command ended with {status}");
    Ok(start.elapsed())
}

fn race(contestants: &[Contestant]) -> Result<Vec<(String, Summary)>> {
    let mut runs: Vec<Vec<Measured>> = contestants.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for (contestant, runs) in contestants.iter().zip(&mut runs) {
            if round < contestant.rounds {
                runs.push(measure(&contestant.program, &contestant.arguments)?);
            }
        }
        println!("race: round {} of {ROUNDS}", round + 1);
    }
    contestants.iter().zip(runs).map(|(who, runs)| Ok((who.name.clone(), Summary::of(runs)?))).collect()
}

fn grown(cloister: &Path, corpus: &Corpus) -> Result<Summary> {
    let arguments = contestants::scan(corpus);
    Summary::of((0..ROUNDS).map(|_| measure(cloister, &arguments)).collect::<Result<_>>()?)
}
