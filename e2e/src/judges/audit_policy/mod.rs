//! Audit policies: what real API servers log of generated requests, beside what our evaluator says they log.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod bugs;
mod hardened;
mod page;
mod policies;
mod refused;
mod requests;
mod server;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cloister_audit::policy::{Asked, AuditPolicy, Level, Stage};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_rbac::Action;
use serde_json::Value;

use super::{Dice, report};
use bugs::BUGS;
use refused::Refused;
use requests::Question;
use server::{Caller, Seen};

/// How many requests a full run sends.
pub const FULL_COUNT: usize = 3_000;
/// A server is started for each policy, which takes longer than asking it.
const QUESTIONS_PER_SERVER: usize = 125;
/// Policies with mistakes, for each request.
const MISTAKES_PER_QUESTION: usize = 5;
/// Requests from which on every bug must be noticed.
const ENOUGH: usize = 2_000;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    servers: usize,
    rules: usize,
    questions: usize,
    levels: BTreeMap<Level, usize>,
    /// Level or stages are others.
    disagreements: Vec<String>,
    /// Answers of success whose bodies were compared.
    bodies: usize,
    other_bodies: Vec<String>,
    refused: Refused,
    /// Requests to a server with the policy that we write, and those that are written as promised.
    hardened: (usize, usize),
    /// Bugs, and how many answers each changes.
    bugs: Vec<(&'static str, usize)>,
}

impl Tally {
    /// Why the run has failed; nothing when it has not.
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut complain = |bad: &[String], what: &str| {
            if !bad.is_empty() {
                complaints.push(format!("{} {what}", bad.len()));
            }
        };
        complain(&self.disagreements, "requests are logged otherwise");
        complain(&self.other_bodies, "requests have other bodies in the log");
        complain(&self.refused.disagreements, "policies are refused by one side alone");
        if self.hardened.0 != self.hardened.1 {
            complaints.push("the policy that we write does not do what it promises".to_owned());
        }
        // A sample is too small to meet every bug.
        let missed = self.bugs.iter().filter(|(_, changed)| *changed == 0 && self.questions >= ENOUGH);
        complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
        complaints
    }

    /// Starts a server with a policy, and sends it `count` requests.
    fn ask(&mut self, count: usize, dice: &mut Dice) -> Result<()> {
        let policy = policies::policy(dice);
        let plane = server::start(&policy)?;
        let callers = server::callers(&plane)?;
        let questions: Vec<Question> = (0..count).map(|_| requests::question(dice, server::CALLERS)).collect();
        let (statuses, seen) = send_all(&plane, &policy, &questions, &callers)?;
        let before = self.disagreements.len();
        with_policy(&policy, |ours| {
            for (index, (question, status)) in questions.iter().zip(&statuses).enumerate() {
                self.count(ours, question, &callers, *status, &found(&seen, index));
            }
        })?;
        if self.disagreements.len() > before {
            self.disagreements.push(format!("by the policy {policy}"));
        }
        for (bug, (_, wrong)) in BUGS.iter().zip(&mut self.bugs) {
            *wrong += changed(bug, &policy, &questions, &callers, &seen)?;
        }
        self.servers += 1;
        self.rules += policy["rules"].as_array().map_or(0, Vec::len);
        Ok(())
    }

    fn count(&mut self, policy: &AuditPolicy<'_>, question: &Question, callers: &[Caller], status: u16, seen: &Seen) {
        let identity = callers.get(question.caller).and_then(|caller| caller.identity.as_ref());
        let asked = Asked { identity, action: &question.action };
        let decision = policy.decide(&asked);
        self.questions += 1;
        *self.levels.entry(decision.level).or_default() += 1;
        if lines(policy, &asked) != seen.lines {
            let rule = decision.rule.map(|rule| rule.index);
            self.disagreements
                .push(format!("{question:?}\nby {identity:?}: {seen:?}\nours: rule {rule:?} {decision:?}"));
        }
        if (200..300).contains(&status) {
            self.bodies += 1;
            if let Some(why) = other_bodies(&decision.bodies(&asked), decision.omit_managed_fields, question, seen) {
                self.other_bodies.push(format!("{why}: {question:?}\n{seen:?}\n{decision:?}"));
            }
        }
    }
}

/// The lines that we expect in the log.
fn lines(policy: &AuditPolicy<'_>, asked: &Asked<'_>) -> Vec<(Stage, Level)> {
    let decision = policy.decide(asked);
    decision.stages(asked).into_iter().map(|stage| (stage, decision.level)).collect()
}

/// What is otherwise about the bodies in the log. What a deletion sends along may be nothing.
fn other_bodies(
    ours: &cloister_audit::policy::Bodies,
    without_managed_fields: bool,
    question: &Question,
    seen: &Seen,
) -> Option<&'static str> {
    let writes = matches!(question.method, "POST" | "PUT" | "PATCH") && matches!(question.action, Action::Resource(_));
    let is_object = matches!(question.action, Action::Resource(_));
    match () {
        () if seen.request_body && !ours.request => Some("a request's body is there"),
        () if seen.response_body && !ours.response => Some("a response's body is there"),
        () if writes && ours.request && !seen.request_body => Some("no request's body is there"),
        () if is_object && ours.response && !seen.response_body => Some("no response's body is there"),
        () if without_managed_fields && seen.managed_fields => Some("managed fields are there"),
        () => None,
    }
}

type Log = BTreeMap<String, Seen>;

fn found(seen: &Log, index: usize) -> Seen {
    seen.get(&server::mark(index)).cloned().unwrap_or_default()
}

/// Sends all; the statuses, and the log once it holds what we expect.
fn send_all(
    plane: &crate::ControlPlane,
    policy: &Value,
    questions: &[Question],
    callers: &[Caller],
) -> Result<(Vec<u16>, Log)> {
    let send = |(index, question)| server::send(index, question, callers);
    let statuses = questions.iter().enumerate().map(send).collect::<Result<Vec<u16>>>()?;
    let expected: Vec<usize> = with_policy(policy, |policy| {
        let count = |question: &Question| {
            let identity = callers.get(question.caller).and_then(|caller| caller.identity.as_ref());
            lines(policy, &Asked { identity, action: &question.action }).len()
        };
        questions.iter().map(count).collect()
    })?;
    Ok((statuses, server::log(plane, &expected)?))
}

/// How many answers an evaluator with this bug gets wrong.
fn changed(bug: &bugs::Bug, policy: &Value, questions: &[Question], callers: &[Caller], seen: &Log) -> Result<usize> {
    let mut policy = policy.clone();
    (bug.policy)(&mut policy);
    with_policy(&policy, |policy| {
        let is_wrong = |(index, question): &(usize, &Question)| {
            let Some(caller) = callers.get(question.caller) else { return false };
            let mut asked = bugs::Asked {
                identity: caller.identity.clone(),
                impersonated: caller.impersonated.clone(),
                action: question.action.clone(),
            };
            (bug.request)(&mut asked);
            lines(policy, &Asked { identity: asked.identity.as_ref(), action: &asked.action })
                != found(seen, *index).lines
        };
        questions.iter().enumerate().filter(is_wrong).count()
    })
}

/// A policy as Cloister reads it.
fn with_policy<T>(policy: &Value, then: impl FnOnce(&AuditPolicy<'_>) -> T) -> Result<T> {
    let resources = read(&policy.to_string());
    let resource = resources.first().context("a policy is not read as a resource")?;
    Ok(then(&AuditPolicy::new(resource)))
}

fn read(text: &str) -> Vec<Resource> {
    parse(text, &Origin::File("policy.yaml".into()), 1, &mut Interner::default()).resources
}

/// Generates policies and `count` requests from `seed`, and compares.
///
/// # Errors
/// A server did not start, or could not be reached.
pub fn judge(seed: u64, count: usize) -> Result<Tally> {
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.name, 0)).collect(), ..Tally::default() };
    let mut dice = Dice::new(seed);
    tally.refused = refused::compare(count * MISTAKES_PER_QUESTION, &mut dice)?;
    tally.hardened = hardened::ask()?;
    while tally.questions < count {
        tally.ask(QUESTIONS_PER_SERVER.min(count - tally.questions), &mut dice)?;
        println!("audit-policy: {} of {count} requests, {} servers", tally.questions, tally.servers);
    }
    Ok(tally)
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("audit-policy: {count} requests from seed {seed}");
    let tally = judge(seed, count)?;
    let text = page::page(&tally);
    println!("{text}");
    let examples = [&tally.disagreements, &tally.other_bodies, &tally.refused.disagreements];
    examples.iter().flat_map(|examples| examples.iter().take(5)).for_each(|example| println!("{example}\n"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "audit-policy", &text)?;
        println!("wrote {}", path.display());
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("audit-policy: {complaint}"));
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
