//! Events that a rule must fire on, and events that it must not: JSON lines, with what is expected above each.
//!
//! ```text
//! # personal: clinic-data              namespaces with personal data; likewise inside: and break-glass:
//! # fires: pod-entered
//! {"verb":"create","user":{"username":"ann"},"objectRef":{"resource":"pods","subresource":"exec","namespace":"clinic-data"}}
//! # quiet: another namespace
//! {"verb":"create", …}
//! # fires: secrets-read-in-bulk
//! # 21 times every 1s                  {n} in the event is its number
//! {"verb":"get", …,"name":"db-{n}"}
//! ```
//!
//! What an event does not say is filled in: its id, its stage (`ResponseComplete`), its answer (200), and a time a second
//! after the one before.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloister_audit::ingest::{Met, record};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{Ground, Judge, Rules, period};

/// More repetitions are a mistake.
const MOST_TIMES: u64 = 10_000;
/// 2026-01-01, 08:00.
const START: i64 = 1_767_254_400;

/// One event, or one that is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where the event stands, from 1.
    pub line: usize,
    /// What it is there for, where it must fire nothing.
    pub quiet: Option<String>,
    /// The rules that must fire.
    pub wanted: BTreeSet<String>,
    /// Those that did.
    pub found: BTreeSet<String>,
}

impl Case {
    /// Whether exactly the right rules fired.
    pub fn holds(&self) -> bool {
        self.wanted == self.found
    }
}

/// Holds rules against a fixture, all of whose events they meet one after the other.
///
/// # Errors
/// A line is none: its number, and what is wrong with it.
pub fn prove(rules: &Arc<Rules>, text: &str) -> Result<Vec<Case>, (usize, String)> {
    let mut proof = Proof::new(Arc::clone(rules));
    for (at, line) in text.lines().enumerate() {
        proof.line(at + 1, line.trim()).map_err(|why| (at + 1, why))?;
    }
    let failed = proof.judge.gaps().failed.iter().next();
    match (failed, proof.is_expecting()) {
        (Some((rule, why)), _) => Err((proof.last, format!("the condition of {rule} fails: {why}"))),
        (None, true) => Err((text.lines().count(), "no event follows what is expected".to_owned())),
        (None, false) => Ok(proof.cases),
    }
}

struct Proof {
    ground: Ground,
    judge: Judge,
    cases: Vec<Case>,
    wanted: Option<BTreeSet<String>>,
    quiet: Option<String>,
    times: u64,
    every: i64,
    now: Timestamp,
    number: u64,
    last: usize,
}

impl Proof {
    fn new(rules: Arc<Rules>) -> Proof {
        Proof {
            ground: Ground::default(),
            judge: Judge::new(rules, Arc::default()),
            cases: Vec::new(),
            wanted: None,
            quiet: None,
            times: 1,
            every: 1_000_000,
            now: Timestamp::from_second(START).unwrap_or_default(),
            number: 0,
            last: 1,
        }
    }

    fn is_expecting(&self) -> bool {
        self.wanted.is_some() || self.quiet.is_some()
    }

    fn line(&mut self, at: usize, line: &str) -> Result<(), String> {
        match line.strip_prefix('#') {
            _ if line.is_empty() => Ok(()),
            Some(comment) => self.comment(comment.trim()),
            None => self.event(at, line),
        }
    }

    fn comment(&mut self, comment: &str) -> Result<(), String> {
        if let Some((number, rest)) = comment.split_once(" times") {
            let number: u64 = number.parse().map_err(|_| "how many times?".to_owned())?;
            let every = rest.trim().strip_prefix("every ").unwrap_or("1s");
            self.every = period::parse(every).ok_or_else(|| format!("\"{every}\" is no length of time"))?;
            self.times = number;
            return if number <= MOST_TIMES { Ok(()) } else { Err(format!("at most {MOST_TIMES} times")) };
        }
        let Some((what, said)) = comment.split_once(':') else { return Ok(()) };
        let words = || said.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned);
        match what {
            "fires" => self.wanted = Some(words().collect()),
            "quiet" => self.quiet = Some(said.trim().to_owned()),
            "personal" => self.ground.personal.extend(words().map(|name| (name, "the fixture".to_owned()))),
            "break-glass" => self.ground.break_glass.extend(words()),
            "inside" => {
                for word in words() {
                    self.ground.inside.push(word.parse()?);
                }
            }
            "later" => {
                let later = period::parse(said.trim()).ok_or_else(|| "how much later?".to_owned())?;
                self.pass(later)?;
            }
            _ => {}
        }
        self.judge.stand_on(Arc::new(self.ground.clone()));
        Ok(())
    }

    fn pass(&mut self, micros: i64) -> Result<(), String> {
        let now = self.now.checked_add(SignedDuration::from_micros(micros));
        self.now = now.map_err(|_| "time ends before that".to_owned())?;
        Ok(())
    }

    fn event(&mut self, at: usize, line: &str) -> Result<(), String> {
        if !self.is_expecting() {
            return Err("say above it what is expected: # fires: RULE, or # quiet: why".to_owned());
        }
        let mut found = BTreeSet::new();
        for number in 0..self.times {
            let text = self.whole(&line.replace("{n}", &number.to_string()))?;
            let judge = &mut self.judge;
            let mut each = |event: &cloister_audit::Event<'_>, _: &[u8]| {
                found.extend(judge.judge(event).into_iter().map(|detection| detection.rule));
            };
            match record(text.as_bytes(), &mut each) {
                Ok(Met::Event) => {}
                Ok(_) => return Err("it is no audit event: it needs verb and user at least".to_owned()),
                Err(error) => return Err(error.to_string()),
            }
            self.pass(self.every)?;
        }
        let (wanted, quiet) = (self.wanted.take().unwrap_or_default(), self.quiet.take());
        self.cases.push(Case { line: at, quiet, wanted, found });
        (self.times, self.every, self.last) = (1, 1_000_000, at);
        Ok(())
    }

    fn whole(&mut self, line: &str) -> Result<String, String> {
        let mut event: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let map = event.as_object_mut().ok_or_else(|| "it is no JSON object".to_owned())?;
        self.number += 1;
        for (key, value) in [
            ("auditID", json!(format!("fixture-{}", self.number))),
            ("stage", json!("ResponseComplete")),
            ("requestReceivedTimestamp", json!(self.now.to_string())),
            ("responseStatus", json!({"code": 200})),
        ] {
            map.entry(key).or_insert(value);
        }
        Ok(event.to_string())
    }
}
