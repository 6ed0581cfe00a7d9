//! Escalation: roles and bindings are written, and requests made in another's name, for real; what the API server makes
//! of each attempt beside what our rules say of it.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod attempt;
mod bugs;
mod impersonation;
mod page;
mod seen;
mod server;
mod world;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cloister_rbac::Policy;

use super::rbac::{inventory, quiet};
use super::{Dice, report};
use crate::ControlPlane;
use attempt::Attempt;
use bugs::{BUGS, Bug};
use seen::{Memory, Seen, predict};
use world::{Actor, Standing};

/// Clusters that share a server.
const CLUSTERS_PER_SERVER: usize = 16;
/// Attempts that share one.
const ATTEMPTS_PER_SERVER: usize = 2_500;
/// Attempts from which on every bug must be noticed.
const ENOUGH: usize = 2_000;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    clusters: usize,
    objects: usize,
    attempts: usize,
    made: usize,
    /// By class: tried and made.
    classes: BTreeMap<&'static str, (usize, usize)>,
    /// By outcome.
    outcomes: BTreeMap<String, usize>,
    /// What the server made of it, what we said, and the attempt.
    differences: Vec<String>,
    /// Bugs, and how many predictions each makes wrong.
    bugs: Vec<(&'static str, usize)>,
}

impl Tally {
    /// Why the run has failed; nothing when it has not.
    fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = Vec::new();
        if !self.differences.is_empty() {
            complaints.push(format!("{} of {} attempts went otherwise", self.differences.len(), self.attempts));
        }
        // A sample is too small to meet every bug.
        let missed = self.bugs.iter().filter(|(_, wrong)| *wrong == 0 && self.attempts >= ENOUGH);
        complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
        if !(30..=70).contains(&(self.made * 100 / self.attempts.max(1))) {
            complaints.push(format!("{} of {} are allowed", self.made, self.attempts));
        }
        complaints
    }

    /// Makes `count` attempts in clusters of one server.
    fn try_all(&mut self, plane: &ControlPlane, count: usize, dice: &mut Dice) -> Result<()> {
        let standing = world::generate(CLUSTERS_PER_SERVER, count, dice);
        let inventory = inventory(&standing.objects.rbac);
        let policy = Policy::new(&inventory);
        let mut attempts: Vec<Attempt> =
            (0..count).map(|index| attempt::generate(&policy, &standing.actors, index, dice)).collect();
        server::prepare(plane, &standing, &mut attempts)?;
        let clients = server::clients(plane, &standing.actors)?;
        let mut seen = Vec::new();
        for attempt in &attempts {
            let actor = standing.actors.get(attempt.actor).context("nobody tries this")?;
            seen.push(server::make(clients.get(attempt.actor).context("nobody tries this")?, attempt, actor)?);
        }
        let predicted = predictions(&policy, &attempts, &standing.actors, None);
        for ((attempt, seen), predicted) in attempts.iter().zip(&seen).zip(&predicted) {
            self.count(attempt, seen, predicted, &standing);
        }
        for (bug, (_, wrong)) in BUGS.iter().zip(&mut self.bugs) {
            *wrong += mistaken(bug, &standing, &attempts, &seen);
        }
        self.clusters += CLUSTERS_PER_SERVER;
        self.objects += standing.objects.rbac.len();
        Ok(())
    }

    fn count(&mut self, attempt: &Attempt, seen: &Seen, predicted: &Seen, standing: &Standing) {
        self.attempts += 1;
        self.made += usize::from(seen.is_made());
        let class = self.classes.entry(attempt.class).or_default();
        class.0 += 1;
        class.1 += usize::from(seen.is_made());
        *self.outcomes.entry(seen.what.clone()).or_default() += 1;
        if seen != predicted {
            let actor = standing.actors.get(attempt.actor);
            self.differences.push(format!("server: {seen:?}\nours: {predicted:?}\n{actor:?}\n{attempt:?}"));
        }
    }
}

/// What we say of each attempt, in their order; with a bug, what we would say then.
fn predictions(policy: &Policy<'_>, attempts: &[Attempt], actors: &[Actor], bug: Option<&Bug>) -> Vec<Seen> {
    let mut memory = Memory::new();
    let mut predicted = Vec::new();
    for attempt in attempts {
        let Some(actor) = actors.get(attempt.actor) else { continue };
        let mut read = attempt.clone();
        if let Some(bug) = bug {
            (bug.attempt)(&mut read);
            if bug.forgets {
                memory.clear();
            }
        }
        let mut seen = predict(policy, &read, actor, &mut memory);
        if let Some(bug) = bug {
            (bug.outcome)(policy, attempt, actor, &mut seen);
        }
        predicted.push(seen);
    }
    predicted
}

/// How many predictions a bug makes wrong.
fn mistaken(bug: &Bug, standing: &Standing, attempts: &[Attempt], seen: &[Seen]) -> usize {
    let mut objects = standing.objects.rbac.clone();
    (bug.objects)(&mut objects);
    let inventory = inventory(&objects);
    let predicted = predictions(&Policy::new(&inventory), attempts, &standing.actors, Some(bug));
    seen.iter().zip(&predicted).filter(|(seen, predicted)| seen != predicted).count()
}

/// Generates clusters and `count` attempts from `seed`, and makes them.
///
/// # Errors
/// A control plane did not start, or refused what is there before the attempts.
pub fn judge(seed: u64, count: usize) -> Result<Tally> {
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.name, 0)).collect(), ..Tally::default() };
    let mut dice = Dice::new(seed);
    while tally.attempts < count {
        let plane = ControlPlane::start_with(&quiet())?.with_controller_manager()?;
        let size = ATTEMPTS_PER_SERVER.min(count - tally.attempts);
        tally.try_all(&plane, size, &mut dice)?;
        println!("escalation: {} of {count} attempts, {} clusters", tally.attempts, tally.clusters);
    }
    Ok(tally)
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("escalation: {count} attempts from seed {seed}");
    let tally = judge(seed, count)?;
    let text = page::page(&tally);
    println!("{text}");
    tally.differences.iter().take(5).for_each(|example| println!("{example}\n"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "escalation", &text)?;
        println!("wrote {}", path.display());
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("escalation: {complaint}"));
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
