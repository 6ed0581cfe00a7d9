//! How a receiver fares.

use cloister_alert::send::Outcome;
use jiff::Timestamp;

/// How a receiver fares, since the hub began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// When it took a message last, and what it answered.
    pub taken: Option<(Timestamp, String)>,
    /// Messages that it took.
    pub number: u64,
    /// When it could not be told last, why, and what to do; none once it takes a message again.
    pub failed: Option<(Timestamp, String, String)>,
    /// How often in a row.
    pub failures: u64,
}

impl Target {
    /// Something became of a message to it.
    pub fn heard(&mut self, outcome: &Outcome, now: Timestamp) {
        match &outcome.result {
            Ok(answer) => {
                self.taken = Some((now, answer.said.clone()));
                self.number += 1;
                (self.failed, self.failures) = (None, 0);
            }
            Err(failure) => {
                self.failed = Some((now, failure.cause.clone(), failure.help.clone()));
                self.failures += 1;
            }
        }
    }
}
