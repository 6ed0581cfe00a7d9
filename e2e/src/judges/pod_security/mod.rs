//! Pod Security: what the API server's own admission says of generated pods, beside what our checks say.
//!
//! The same pods go to a namespace that enforces baseline and to one that enforces restricted, as dry runs. A pod must
//! be admitted exactly when no check of that level has a finding on it, and a refusal must name exactly the controls
//! whose checks have one.

mod containers;
mod context;
mod controls;
mod fixtures;
mod page;
mod plan;
mod pods;
mod tally;
mod verdict;
mod volumes;
mod yaml;

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

pub use controls::{CONTROLS, Control, Level};
pub use fixtures::{Fixture, fixtures};
pub use tally::{Missed, Tally};
pub use verdict::{checks, verdict};

use crate::{ControlPlane, Request, Response};

use super::{Dice, report};

/// How many pods are sent before their answers are counted: enough to keep the server busy, few enough to hold.
const BATCH: usize = 500;

/// What the API server said of a pod at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Admitted.
    Admitted,
    /// Refused by Pod Security admission, for these controls.
    Refused(BTreeSet<&'static str>),
    /// Not a valid pod: admission was never asked.
    Invalid(String),
}

/// A generated pod and what both sides say of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The pod, as both sides read it.
    pub manifest: String,
    /// The API server, at [`Level::Baseline`] and [`Level::Restricted`].
    pub answers: [Answer; 2],
    /// Our checks that have a finding.
    pub found: BTreeSet<&'static str>,
}

/// Generates `count` pods from `seed`, asks both sides and counts. Prints how far it is.
///
/// # Errors
/// The control plane did not start or answered something that is neither yes nor no, or a pod was not read by us.
pub fn judge(seed: u64, count: usize) -> Result<Tally> {
    let checks = checks()?;
    let plane = ControlPlane::start()?;
    for level in Level::ALL {
        prepare(&plane, level)?;
    }
    let mut dice = Dice::new(seed);
    let mut cases = Vec::with_capacity(count);
    while cases.len() < count {
        let size = BATCH.min(count - cases.len());
        let pods: Vec<_> = (0..size)
            .map(|index| {
                let generated = pods::generate(cases.len() + index, &mut dice);
                let manifest = yaml::write(&generated.pod, &mut dice);
                (generated.host, manifest)
            })
            .collect();
        let requests: Vec<Request> =
            pods.iter().flat_map(|(host, pod)| Level::ALL.map(|level| request(level, *host, pod))).collect();
        let answers = plane.api().send_all(&requests)?;
        for ((_, manifest), answers) in pods.into_iter().zip(answers.chunks(Level::ALL.len())) {
            let [baseline, restricted] = answers else { anyhow::bail!("a pod has one answer at each level") };
            let found = verdict(&manifest, &checks)?;
            let answers = [answer(baseline)?, answer(restricted)?];
            cases.push(Case { manifest, answers, found });
        }
        println!("pod-security: {} of {count} pods", cases.len());
    }
    Ok(Tally::of(seed, cases, fixtures(&checks)?))
}

/// Makes the namespace of a level, and the pods in it that ephemeral containers are added to.
fn prepare(plane: &ControlPlane, level: Level) -> Result<()> {
    let labels =
        [("pod-security.kubernetes.io/enforce", level.name()), ("pod-security.kubernetes.io/enforce-version", "v1.37")];
    plane.create_namespace(level.name(), &labels)?;
    for name in pods::HOSTS {
        let path = format!("/api/v1/namespaces/{}/pods", level.name());
        let answer = plane.api().post(&path, &pods::host(name).to_string())?;
        answer.success().with_context(|| format!("failed to create {name}"))?;
    }
    Ok(())
}

fn request(level: Level, host: Option<&str>, pod: &str) -> Request {
    let pods = format!("/api/v1/namespaces/{}/pods", level.name());
    let body = pod.to_owned();
    match host {
        None => Request::Post { path: format!("{pods}?dryRun=All"), body },
        Some(name) => Request::Put { path: format!("{pods}/{name}/ephemeralcontainers?dryRun=All"), body },
    }
}

fn answer(response: &Response) -> Result<Answer> {
    let message = || -> Result<String> {
        let body = response.json()?;
        Ok(body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    match response.status {
        200 | 201 => Ok(Answer::Admitted),
        403 => {
            let message = message()?;
            let named = controls::named_in(&message);
            anyhow::ensure!(!named.is_empty(), "a refusal that is not one of Pod Security: {message}");
            Ok(Answer::Refused(named))
        }
        422 => Ok(Answer::Invalid(message()?)),
        other => anyhow::bail!("the API server answered {other}: {}", response.body),
    }
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("pod-security: {count} pods from seed {seed}");
    let tally = judge(seed, count)?;
    let text = page::page(&tally);
    println!("{text}");
    for example in page::examples(&tally) {
        println!("{example}");
    }
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "pod-security", &text)?;
        println!("wrote {}", path.display());
    }
    let complaints = tally.complaints(count);
    for complaint in &complaints {
        println!("pod-security: {complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
