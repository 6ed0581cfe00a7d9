//! What became of a message.

use std::time::Duration;

use cloister_model::clean;
use serde::Serialize;

/// A receiver took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it said.
    pub said: String,
}

/// A receiver did not take it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Failure {
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
    /// Whether it may go better without a change.
    pub transient: bool,
    /// How long the receiver asks to be left alone.
    pub after: Option<Duration>,
}

/// What others say is shown up to here.
const SHOWN: usize = 160;

impl Failure {
    /// It goes no better until something is changed.
    pub fn lasting(cause: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure { cause: cause.into(), help: help.into(), transient: false, after: None }
    }

    /// It may go better soon.
    pub fn passing(cause: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure { transient: true, ..Failure::lasting(cause, help) }
    }
}

impl Answer {
    /// With what was said.
    pub fn new(said: &str) -> Answer {
        Answer { said: quoted(said, &[]) }
    }
}

/// The first line of what others say, without anything that moves a cursor, and without the secrets that they may have
/// been told.
pub fn quoted(said: &str, secrets: &[&str]) -> String {
    let mut text = said.to_owned();
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        text = text.replace(secret, "…");
    }
    let line = text.trim().lines().next().unwrap_or_default().trim().to_owned();
    clean(&line).chars().take(SHOWN).collect()
}
