//! Whether receivers can be told at all: each is sent a test, and what it answers is itself evidence.

use std::collections::BTreeMap;
use std::thread;

use cloister_model::Severity;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::patience::Patience;
use super::sink::Sink;
use crate::alert::{Alert, Origin};
use crate::config::{Config, Receiver};
use crate::state::{Message, Said};

/// What came of a test of some receivers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// When it was made.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// Who made it, where that is known.
    pub by: Option<String>,
    /// Whether all of them took it.
    pub all: bool,
    /// Each receiver.
    pub receivers: Vec<Trial>,
}

/// What came of a test of one receiver.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// Its name.
    pub receiver: String,
    /// How it is reached.
    pub kind: String,
    /// The message's id, by which it can be found there.
    pub message: String,
    /// Whether it took it.
    pub taken: bool,
    /// What it answered, or why it was not told.
    pub answer: String,
    /// What to do, where it was not.
    pub help: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// The message of a test: it says that it is one, and is over by itself.
pub fn message(receiver: &str, id: &str, by: Option<&str>, at: Timestamp) -> Message {
    let end = at.saturating_add(SignedDuration::from_mins(5)).unwrap_or(Timestamp::MAX);
    let alert = Alert {
        fingerprint: id.to_owned(),
        name: "alert-test".to_owned(),
        origin: Origin::Test,
        title: "Test: this receiver can be told".to_owned(),
        severity: Severity::Info,
        summary: "Nothing happened. Somebody tries whether Cloister's alerts arrive here.".to_owned(),
        who: by.map(str::to_owned),
        what: Some(format!("receiver {receiver}")),
        articles: vec!["33".to_owned(), "32(1)(d)".to_owned()],
        namespace: None,
        categories: Vec::new(),
        source: String::new(),
        labels: BTreeMap::new(),
        starts_at: at,
        ends_at: Some(end),
        link: None,
    };
    let said = Said { alert, occurrence: 1, acknowledged: None, resolved_at: None };
    Message {
        id: format!("msg_{id}"),
        group: "test".to_owned(),
        receiver: receiver.to_owned(),
        labels: BTreeMap::new(),
        at,
        until: end,
        repeated: false,
        firing: vec![said],
        resolved: Vec::new(),
    }
}

/// Tells these receivers, all at the same time, once each. `id` is new for each test.
pub fn run(config: &Config, receivers: &[&Receiver], id: &str, by: Option<&str>, at: Timestamp) -> Report {
    let one = |receiver: &Receiver| {
        let started = std::time::Instant::now();
        let kind = receiver.kinds().first().map(|kind| kind.as_str()).unwrap_or_default();
        let message = message(&receiver.name, id, by, at);
        let result = Sink::new(receiver, config, Patience::default()).send(&message);
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (taken, answer, help) = match result {
            Ok(answer) => (true, answer.said, None),
            Err(failure) => (false, failure.cause, Some(failure.help)),
        };
        let (receiver, kind) = (receiver.name.clone(), kind.to_owned());
        Trial { receiver, kind, message: message.id, taken, answer, help, milliseconds }
    };
    let receivers: Vec<Trial> = thread::scope(|scope| {
        let threads: Vec<_> = receivers.iter().map(|receiver| scope.spawn(move || one(receiver))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    Report { at, by: by.map(str::to_owned), all: receivers.iter().all(|trial| trial.taken), receivers }
}
