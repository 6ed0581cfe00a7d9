//! Authorisers: whether a real API server asks a webhook exactly when we say that its match conditions let it.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

mod conditions;
mod questions;
mod webhook;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::{Call, Chain};
use serde_json::json;

use super::{Dice, report};
use crate::{ControlPlane, Options, Request};
use conditions::Condition;
use questions::Question;
use webhook::Receiver;

/// Requests of a full run; each meets every webhook.
pub const FULL_COUNT: usize = 3_000;
/// Webhooks of one server; each is asked over loopback.
const WEBHOOKS: usize = 60;
/// Those at the end deny when a condition fails: nobody is asked after them.
const DENYING: usize = 4;
/// Requests after which a server with other conditions takes over.
const REQUESTS_PER_SERVER: usize = 500;
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// What one class came to.
#[derive(Debug, Default, Clone, Copy)]
struct Class {
    judged: usize,
    asked: usize,
    unknown: usize,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    requests: usize,
    webhooks: usize,
    denied: usize,
    classes: BTreeMap<&'static str, Class>,
    disagreements: Vec<String>,
}

/// A webhook, and what its conditions are examples of.
struct Hook {
    name: String,
    class: &'static str,
    conditions: Vec<Condition>,
    /// A condition that fails denies the request.
    denies: bool,
}

/// Asks `count` generated requests of servers with generated conditions.
///
/// # Errors
/// A control plane did not start, or refused a review.
pub fn judge(seed: u64, count: usize) -> Result<Tally> {
    let mut tally = Tally { seed, ..Tally::default() };
    let mut dice = Dice::new(seed);
    while tally.requests < count {
        let size = REQUESTS_PER_SERVER.min(count - tally.requests);
        tally.ask(size, &mut dice)?;
        println!("authorizers: {} of {count} requests, {} webhooks", tally.requests, tally.webhooks);
    }
    Ok(tally)
}

impl Tally {
    fn ask(&mut self, size: usize, dice: &mut Dice) -> Result<()> {
        let receiver = Receiver::start()?;
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let hooks: Vec<Hook> = (0..WEBHOOKS).map(|number| hook(number, dice)).collect();
        let mut configuration = json!({
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthorizationConfiguration", "authorizers": [],
        });
        for hook in &hooks {
            let path = folder.path().join(format!("{}.yaml", hook.name));
            fs::write(&path, receiver.kubeconfig(&hook.name)).context("failed to write a kubeconfig")?;
            let authorizer = hook.authorizer(&path.to_string_lossy());
            configuration["authorizers"].as_array_mut().context("no list")?.push(authorizer);
        }
        let rbac = json!({"type": "RBAC", "name": "rbac"});
        configuration["authorizers"].as_array_mut().context("no list")?.push(rbac);
        let text = configuration.to_string();
        let options = Options { authorization: Some(text.clone()), ..super::rbac::quiet() };
        let plane = ControlPlane::start_with(&options)?;
        let questions: Vec<Question> =
            (0..size).map(|number| questions::generate(self.requests + number, dice)).collect();
        let post = |question: &Question| Request::Post { path: REVIEWS.to_owned(), body: question.review.to_string() };
        let answers = plane.api().send_all(&questions.iter().map(post).collect::<Vec<_>>())?;
        let parsed = parse(&text, &Origin::File("generated.yaml".into()), 1, &mut Interner::default());
        let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
        let chain = Chain::of(&inventory);
        for (question, answer) in questions.iter().zip(&answers) {
            ensure!(answer.status == 201, "{}: the API server answered {}", question.review, answer.body);
            let denied = answer.json()?["status"]["denied"] == json!(true);
            self.compare(question, denied, &chain, &hooks, &receiver);
        }
        self.webhooks += hooks.len();
        self.requests += size;
        Ok(())
    }

    fn compare(&mut self, question: &Question, denied: bool, chain: &Chain, hooks: &[Hook], receiver: &Receiver) {
        self.denied += usize::from(denied);
        let mut ours = Some(false);
        for (hook, (_, call)) in hooks.iter().zip(chain.calls(&question.request, &question.details)) {
            let asked = receiver.was_asked(&hook.name, &question.id);
            let class = self.classes.entry(hook.class).or_default();
            class.judged += 1;
            class.asked += usize::from(asked);
            let agrees = match &call {
                Call::Asked => asked,
                Call::Skipped | Call::Denied => !asked,
                Call::Unknown(_) => {
                    class.unknown += 1;
                    true
                }
            };
            if !agrees {
                let expressions: Vec<&str> = hook.conditions.iter().map(|it| it.expression.as_str()).collect();
                self.disagreements
                    .push(format!("asked: {asked}, ours: {call:?}\n{expressions:#?}\n{}", question.review));
            }
            match call {
                // Nobody after it is asked.
                Call::Denied => {
                    ours = Some(true);
                    break;
                }
                // It may have denied.
                Call::Unknown(_) if hook.denies => {
                    ours = None;
                    break;
                }
                _ => {}
            }
        }
        if ours.is_some_and(|ours| ours != denied) {
            self.disagreements.push(format!("denied: {denied}, ours: {ours:?}\n{}", question.review));
        }
    }

    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if !self.disagreements.is_empty() {
            complaints.push(format!("{} answers differ", self.disagreements.len()));
        }
        let all = self.classes.values().fold(Class::default(), |all, one| Class {
            judged: all.judged + one.judged,
            asked: all.asked + one.asked,
            unknown: all.unknown + one.unknown,
        });
        if !(20..=80).contains(&(all.asked * 100 / all.judged.max(1))) {
            complaints.push(format!("only {} of {} are asked", all.asked, all.judged));
        }
        // Most must be understood, or the judge shows nothing.
        if all.unknown * 5 > all.judged {
            complaints.push(format!("{} of {} are not known", all.unknown, all.judged));
        }
        complaints
    }

    fn page(&self) -> String {
        let mut text = String::from("## When a webhook is asked\n\n");
        let judged: usize = self.classes.values().map(|class| class.judged).sum();
        let unknown: usize = self.classes.values().map(|class| class.unknown).sum();
        let _ = writeln!(
            text,
            "{} generated requests (seed {}, {}) to a real API server ({}) with an AuthorizationConfiguration of \
             {WEBHOOKS} webhooks with generated match conditions, new ones every {REQUESTS_PER_SERVER} requests ({} in \
             all). {judged} times a webhook was asked or not, as the webhooks themselves noticed; {} times otherwise than \
             we say; {unknown} times we say that we do not know. {} requests were denied by failurePolicy, as we say.\n",
            self.requests,
            self.seed,
            report::today(),
            cloister_tools::KUBERNETES_VERSION,
            self.webhooks,
            self.disagreements.len(),
            self.denied,
        );
        text.push_str("| conditions about | judged | asked | not known to us |\n| --- | ---: | ---: | ---: |\n");
        for (name, class) in &self.classes {
            let _ = writeln!(text, "| {name} | {} | {} | {} |", class.judged, class.asked, class.unknown);
        }
        text
    }
}

fn hook(number: usize, dice: &mut Dice) -> Hook {
    let mut conditions = vec![conditions::generate(dice)];
    if dice.chance(20) {
        let other = conditions::generate(dice);
        // The server refuses the same one twice.
        conditions.extend(Some(other).filter(|other| conditions.iter().all(|it| it.expression != other.expression)));
    }
    let class = if conditions.len() > 1 { "two conditions" } else { conditions.first().map_or("", |it| it.class) };
    Hook { name: format!("hook-{number}"), class, conditions, denies: number + DENYING >= WEBHOOKS }
}

impl Hook {
    fn authorizer(&self, kubeconfig: &str) -> serde_json::Value {
        let policy = if self.denies { "Deny" } else { "NoOpinion" };
        let conditions: Vec<_> = self.conditions.iter().map(|it| json!({"expression": it.expression})).collect();
        json!({
            "type": "Webhook", "name": self.name,
            "webhook": {
                "timeout": "10s", "subjectAccessReviewVersion": "v1", "failurePolicy": policy,
                "matchConditionSubjectAccessReviewVersion": "v1", "matchConditions": conditions,
                "cacheAuthorizedRequests": false, "cacheUnauthorizedRequests": false,
                "connectionInfo": {"type": "KubeConfigFile", "kubeConfigFile": kubeconfig},
            },
        })
    }
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("authorizers: {count} requests from seed {seed}");
    let tally = judge(seed, count)?;
    let text = tally.page();
    println!("{text}");
    tally.disagreements.iter().take(8).for_each(|example| println!("{example}\n"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "authorizers", &text)?;
        println!("wrote {}", path.display());
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("authorizers: {complaint}"));
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
