//! RBAC: what a real API server answers to generated questions about generated clusters, beside what our authoriser
//! answers.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod bugs;
mod facts;
pub(super) mod objects;
mod page;
pub(super) mod questions;
mod running;
pub(super) mod server;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::{BOOTSTRAP, Policy, RESOURCES, Request, Verdict};
use serde_json::Value;

use super::{Dice, report};
use crate::{ControlPlane, Options};
use bugs::BUGS;
use questions::Question;
use server::Answer;

/// Clusters that share a server: the controller that collects roles is slow with more of them.
const CLUSTERS_PER_SERVER: usize = 12;
/// So that a full run has more than a hundred clusters.
const QUESTIONS_PER_SERVER: usize = 5_000;
/// Questions from which on every bug must be noticed.
const ENOUGH: usize = 10_000;
/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    clusters: usize,
    objects: usize,
    questions: usize,
    allowed: usize,
    /// By class: asked and allowed.
    classes: BTreeMap<&'static str, (usize, usize)>,
    /// What the server answered, and the question.
    disagreements: Vec<String>,
    /// Answers that name a binding, and those whose binding is among our proofs.
    proofs: (usize, usize),
    /// Bugs, and how many answers each changes.
    bugs: Vec<(&'static str, usize)>,
    stale: bool,
    stale_resources: bool,
    reviews: usize,
    differences: Vec<facts::Difference>,
}

impl Tally {
    /// Why the run has failed; nothing when it has not.
    fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = Vec::new();
        if !self.disagreements.is_empty() {
            complaints.push(format!("{} of {} answers differ", self.disagreements.len(), self.questions));
        }
        if self.proofs.0 != self.proofs.1 {
            complaints.push(format!(
                "{} of {} bindings are not among our proofs",
                self.proofs.0 - self.proofs.1,
                self.proofs.0
            ));
        }
        // A sample is too small to meet every bug.
        let missed = self.bugs.iter().filter(|(_, changed)| *changed == 0 && self.questions >= ENOUGH);
        complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
        if !(30..=70).contains(&(self.allowed * 100 / self.questions.max(1))) {
            complaints.push(format!("{} of {} are allowed", self.allowed, self.questions));
        }
        if self.stale {
            complaints.push("the roles and bindings of a new cluster are others than data/bootstrap.json".to_owned());
        }
        if self.stale_resources {
            complaints.push("the resources of a new cluster are others than data/resources.tsv".to_owned());
        }
        for difference in &self.differences {
            complaints.push(format!(
                "the server counts the rights of {} otherwise: {:?}",
                difference.subject, difference.rules
            ));
        }
        complaints
    }
}

/// Generates clusters and `count` questions from `seed`, and asks both sides.
///
/// # Errors
/// A control plane did not start, or refused an object.
pub fn judge(seed: u64, count: usize, write: bool) -> Result<Tally> {
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.name, 0)).collect(), ..Tally::default() };
    let mut dice = Dice::new(seed);
    while tally.questions < count {
        let plane = ControlPlane::start_with(&quiet())?.with_controller_manager()?;
        if tally.questions == 0 {
            tally.look_at_facts(&plane, write)?;
        }
        let size = QUESTIONS_PER_SERVER.min(count - tally.questions);
        tally.ask(&plane, size, &mut dice)?;
        println!("rbac: {} of {count} questions, {} clusters", tally.questions, tally.clusters);
    }
    Ok(tally)
}

/// Tens of thousands of reviews would fill the log.
pub(super) fn quiet() -> Options {
    let policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n";
    Options { audit_policy: Some(policy.to_owned()), ..Options::default() }
}

impl Tally {
    /// What a new cluster is born with; in full only where it is written, too.
    fn look_at_facts(&mut self, plane: &ControlPlane, write: bool) -> Result<()> {
        let bootstrap = facts::bootstrap(plane.api())?;
        self.stale = bootstrap != BOOTSTRAP;
        let resources = facts::resources(plane.api())?;
        self.stale_resources = resources != RESOURCES;
        if write {
            facts::write("bootstrap.json", &bootstrap)?;
            facts::write("resources.tsv", &resources)?;
            let born = inventory(&[]);
            (self.reviews, self.differences) = facts::self_reviews(plane, &Policy::new(&born))?;
        }
        Ok(())
    }

    /// Asks `size` questions about clusters of one server.
    fn ask(&mut self, plane: &ControlPlane, size: usize, dice: &mut Dice) -> Result<()> {
        let objects = objects::generate(CLUSTERS_PER_SERVER, dice);
        server::apply(plane, &objects)?;
        let all = objects.all();
        let inventory = inventory(&all);
        let policy = Policy::new(&inventory);
        let questions: Vec<Question> =
            (0..size).map(|_| questions::generate(&policy, &objects.namespaces, dice)).collect();
        let requests: Vec<Request> = questions.iter().map(|question| question.request.clone()).collect();
        let answers = server::review(plane.api(), &requests)?;
        for (question, answer) in questions.iter().zip(&answers) {
            self.count(&policy, question, answer);
        }
        for (bug, (_, wrong)) in BUGS.iter().zip(&mut self.bugs) {
            *wrong += changed(bug, &all, &questions, &answers);
        }
        self.clusters += CLUSTERS_PER_SERVER;
        self.objects += objects.rbac.len();
        Ok(())
    }
}

impl Tally {
    fn count(&mut self, policy: &Policy<'_>, question: &Question, answer: &Answer) {
        let decision = policy.decide(&question.request);
        self.questions += 1;
        self.allowed += usize::from(answer.allowed);
        for class in &question.classes {
            let counted = self.classes.entry(class).or_default();
            counted.0 += 1;
            counted.1 += usize::from(answer.allowed);
        }
        match decision.verdict() {
            Verdict::Allowed if answer.allowed => {}
            Verdict::Denied if !answer.allowed => {}
            _ => self.disagreements.push(format!("server: {answer:?}\nours: {decision:?}\n{question:?}")),
        }
        if let Some((kind, namespace, name)) = &answer.binding {
            self.proofs.0 += 1;
            let is_it = |grant: cloister_rbac::Grant<'_, '_>| {
                let binding = grant.binding;
                *binding.resource.kind == **kind && binding.namespace == namespace && *binding.resource.name == **name
            };
            self.proofs.1 += usize::from(policy.grants(&question.request).any(is_it));
        }
    }
}

pub(super) fn inventory(objects: &[Value]) -> Inventory {
    let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    let parsed = parse(&text, &Origin::File("generated.yaml".into()), 1, &mut Interner::default());
    // All that the server has but what it is born with, which a listed cluster would have to hold.
    let born = parse(BOOTSTRAP, &Origin::File("bootstrap.json".into()), 1, &mut Interner::default());
    let resources = parsed.resources.into_iter().chain(born.resources).collect();
    Inventory::new(resources, Inputs { cluster: true, ..Inputs::default() })
}

/// How many answers an authoriser with this bug gets wrong.
fn changed(bug: &bugs::Bug, objects: &[Value], questions: &[Question], answers: &[Answer]) -> usize {
    let mut objects = objects.to_vec();
    objects.iter_mut().for_each(|object| (bug.object)(object));
    let inventory = inventory(&objects);
    let policy = Policy::new(&inventory);
    let is_wrong = |(question, answer): &(&Question, &Answer)| {
        let mut request = question.request.clone();
        (bug.request)(&mut request);
        (policy.decide(&request).verdict() == Verdict::Allowed) != answer.allowed
    };
    questions.iter().zip(answers).filter(is_wrong).count()
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("rbac: {count} questions from seed {seed}");
    let tally = judge(seed, count, write)?;
    let text = page::page(&tally);
    println!("{text}");
    tally.disagreements.iter().take(5).for_each(|example| println!("{example}\n"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "rbac", &text)?;
        println!("wrote {}", path.display());
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("rbac: {complaint}"));
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
