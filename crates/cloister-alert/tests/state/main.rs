//! Who is told what and when, whatever happens.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod properties;

use std::collections::BTreeSet;

use cloister_alert::state::{Acknowledged, MOST, Refused, Silence};
use cloister_alert::{Alert, Config, Match, Message, Origin, State};
use cloister_model::Severity;
use jiff::Timestamp;
use support::{alert, at, config};

const WAIT: i64 = 10;
const INTERVAL: i64 = 60;
const REPEAT: i64 = 300;

const RECEIVERS: &str = "[{name: all, webhook: {url: 'https://a.example', secret: {env: A}}}, \
     {name: worst, webhook: {url: 'https://b.example', secret: {env: A}}}, \
     {name: keeper, alertmanager: {url: 'https://c.example'}}]";
const ROUTE: &str = "{receiver: all, groupWait: 10s, groupInterval: 60s, repeatInterval: 300s, routes: [\
     {receiver: keeper, match: {namespaces: [kept]}, continue: true}, \
     {receiver: worst, match: {severity: critical}, continue: true}, {groupBy: [name], match: {namespaces: ['*']}}]}";

#[derive(Clone, Debug)]
enum Act {
    Fire { which: u8, severity: usize, namespace: usize, lasts: Option<i64> },
    End { which: u8 },
    Acknowledge { which: u8 },
    Silence { namespace: usize, lasts: i64 },
    Pass { seconds: i64 },
    Break { broken: bool },
    Restart,
}

const NAMESPACES: [&str; 3] = ["clinic", "shop", "kept"];

/// A hub, its clock, and its receivers.
struct World {
    config: Config,
    state: State,
    now: i64,
    /// Receivers take nothing.
    broken: bool,
    /// The program crashes after each message was given out, before it hears what became of it.
    crashes: bool,
    /// What arrived.
    log: Vec<(i64, Message)>,
    /// Namespace, from, to, and how many messages had arrived.
    silences: Vec<(usize, i64, i64, usize)>,
    number: u32,
}

impl World {
    fn new(crashes: bool) -> World {
        let config = config(RECEIVERS, ROUTE);
        let (log, silences) = (Vec::new(), Vec::new());
        World { config, state: State::default(), now: 0, broken: false, crashes, log, silences, number: 0 }
    }

    fn kept(&mut self) {
        let text = serde_json::to_string(&self.state).unwrap();
        self.state = serde_json::from_str(&text).unwrap();
        self.state.check().unwrap();
    }

    fn step(&mut self) {
        let now = at(self.now);
        let messages = self.state.step(&self.config.tree, now);
        if self.crashes && !messages.is_empty() {
            // What was kept before sending gives the same again, under the same names.
            self.kept();
            let mut other = self.state.clone();
            other.resume(now);
            let again = other.step(&self.config.tree, now);
            assert!(messages.iter().all(|message| again.contains(message)));
        }
        for message in messages {
            if self.broken {
                self.state.undelivered(&message.id, 7, now);
            } else {
                self.state.delivered(&message.id, now);
                self.log.push((self.now, message));
            }
        }
    }

    /// Time passes; the program wakes when it said that it would.
    fn pass(&mut self, seconds: i64) {
        let end = self.now + seconds;
        let mut stands = 0;
        while let Some(next) = self.state.next(&self.config.tree, at(self.now)) {
            let next = next.as_second() - at(0).as_second();
            if next > end {
                break;
            }
            stands = if next > self.now { 0 } else { stands + 1 };
            assert!(stands < 4, "it wakes at {next} again and again, and does nothing");
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
        self.step();
    }

    fn act(&mut self, act: &Act) {
        let now = at(self.now);
        match *act {
            Act::Fire { which, severity, namespace, lasts } => {
                let alert = Alert {
                    severity: Severity::ALL[severity],
                    namespace: Some(NAMESPACES[namespace].to_owned()),
                    starts_at: now,
                    ends_at: lasts.map(|lasts| at(self.now + lasts)),
                    ..alert(&format!("alert-{which}"))
                };
                self.state.observe(&self.config.tree, alert, now).unwrap();
            }
            Act::End { which } => {
                let fingerprint = format!("alert-{which}");
                if let Some(known) = self.state.known(&fingerprint).filter(|known| known.is_firing()) {
                    let alert = Alert { ends_at: Some(now), ..known.alert.clone() };
                    self.state.observe(&self.config.tree, alert, now).unwrap();
                }
            }
            Act::Acknowledge { which } => {
                let by = Acknowledged { by: "ada".to_owned(), at: now, note: String::new() };
                let _ = self.state.acknowledge(&format!("alert-{which}"), by);
            }
            Act::Silence { namespace, lasts } => {
                self.number += 1;
                let matching = Match { namespaces: vec![NAMESPACES[namespace].to_owned()], ..Match::default() };
                let (reason, owner) = ("maintenance".to_owned(), "ada".to_owned());
                let silence = Silence { matching, starts_at: now, ends_at: at(self.now + lasts), reason, owner };
                self.state.silence(&self.number.to_string(), silence, now).unwrap();
                self.silences.push((namespace, self.now, self.now + lasts, self.log.len()));
            }
            Act::Pass { seconds } => self.pass(seconds),
            Act::Break { broken } => self.broken = broken,
            Act::Restart => {
                self.kept();
                self.state.adopt(&self.config.tree, now);
            }
        }
        self.step();
    }
}

fn run(acts: &[Act], crashes: bool) -> World {
    let mut world = World::new(crashes);
    acts.iter().for_each(|act| {
        if crashes {
            world.kept();
        }
        world.act(act);
    });
    world
}

fn names(said: &[cloister_alert::state::Said]) -> BTreeSet<(&str, u32)> {
    said.iter().map(|said| (said.alert.fingerprint.as_str(), said.occurrence)).collect()
}
