//! Climbing: each kind of escalation edge, end to end on a real cluster with a real node. Each scenario is played twice:
//! with the right in question, when it must succeed, and without it, when it must be refused.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod node;
mod page;
mod pods;
mod predict;
mod relay;
mod rights;
mod scenarios;
mod scene;
mod tls;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use super::report;
use crate::{Cluster, Image};
use predict::{Predicted, predict};
use relay::Relay;
use scenarios::{Expected, SCENARIOS, Scenario};
use scene::{Halt, Scene, Stage, TAKER, TOOL};

/// What came of one playing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Came {
    Reached,
    Refused(String),
    Broken(String),
}

/// What came of a scenario, with the right and without, and what the closure says of each.
struct Played {
    scenario: &'static Scenario,
    with: Came,
    without: Came,
    predicted: Option<[Predicted; 2]>,
}

impl Played {
    fn is_as_expected(&self) -> bool {
        let is_refused = |came: &Came| matches!(came, Came::Refused(_));
        let with = match self.scenario.expected {
            Expected::ByRight => self.with == Came::Reached,
            Expected::Never => is_refused(&self.with),
        };
        with && is_refused(&self.without)
    }

    /// A way is there and is told, or is not there and none is told for certain.
    fn is_foreseen(&self) -> bool {
        self.predicted.is_none_or(|[with, without]| with != Predicted::No && without != Predicted::Yes)
    }
}

fn stage() -> Result<Stage> {
    let cluster = Cluster::start()?;
    let relay = Relay::start(&cluster)?;
    cluster.import(Image::busybox(TOOL, &["sleep", "1000000"])?)?;
    let account = "/var/run/secrets/kubernetes.io/serviceaccount";
    let script = format!(
        "#!/bin/sh\nwget -q -O - --header \"Authorization: Bearer $(cat {account}/token)\" \
         http://{}/api/v1/namespaces/$(cat {account}/namespace)/configmaps/prize\nsleep 1000000\n",
        relay.address()
    );
    cluster.import(Image::busybox(TAKER, &["/bin/take"])?.with_file("bin/take", 0o755, script.as_bytes())?)?;
    Ok(Stage { relay, cluster })
}

fn play(stage: &Stage, scenario: &Scenario, with_right: bool) -> (Came, Predicted) {
    let start = Instant::now();
    let scene = match Scene::set(stage, scenario.name, with_right, scenario.level) {
        Ok(scene) => scene,
        Err(error) => return (Came::Broken(format!("{error:#}")), Predicted::Perhaps),
    };
    let came = match (scenario.play)(&scene) {
        Ok(()) => Came::Reached,
        Err(Halt::Refused(reason)) => Came::Refused(reason),
        Err(Halt::Broken(error)) => Came::Broken(format!("{error:#}")),
    };
    let word = match &came {
        Came::Reached => "reached",
        Came::Refused(_) => "refused",
        Came::Broken(_) => "BROKEN",
    };
    let playing = if with_right { "with" } else { "without" };
    println!("climb: {} {playing}: {word} after {:.1} s", scenario.name, start.elapsed().as_secs_f32());
    if let Came::Broken(reason) = &came {
        println!("{reason}");
    }
    (came, predict(&scene, scenario))
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`. `only` plays
/// the scenarios whose names hold one of its parts, between commas.
///
/// # Errors
/// The cluster did not start, or the document could not be written.
pub fn run(only: &str, write: bool) -> Result<ExitCode> {
    let stage = stage()?;
    let meant = SCENARIOS.iter().filter(|scenario| only.split(',').any(|part| scenario.name.contains(part)));
    let played: Vec<Played> = meant
        .map(|scenario| {
            let ((with, foreseen), (without, else_foreseen)) =
                (play(&stage, scenario, true), play(&stage, scenario, false));
            let predicted = scenario.asked.then_some([foreseen, else_foreseen]);
            Played { scenario, with, without, predicted }
        })
        .collect();
    let text = page::page(&played);
    println!("{text}");
    if write && only.is_empty() {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "climb", &text)?;
        println!("wrote {}", path.display());
    }
    let is_wrong = |played: &&Played| !played.is_as_expected() || !played.is_foreseen();
    let unexpected: Vec<&Played> = played.iter().filter(is_wrong).collect();
    for Played { scenario, with, without, predicted } in &unexpected {
        println!("climb: {}: with: {with:?}\n  without: {without:?}\n  the closure: {predicted:?}", scenario.name);
    }
    Ok(if unexpected.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
