//! Records for Fluentd: one an alert.

use serde::Serialize;

use crate::alert::Alert;
use crate::state::{Message, Said};

/// An alert as a record.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    /// `firing` or `resolved`.
    status: &'static str,
    /// The message that told it: the same record may come twice under the same.
    message: &'a str,
    /// The receiver.
    receiver: &'a str,
    /// How often it has begun.
    occurrence: u32,
    #[serde(flatten)]
    alert: &'a Alert,
}

/// Records with their times in seconds.
pub fn records(message: &Message) -> Vec<(i64, Record<'_>)> {
    message.all().map(|said| record(message, said)).collect()
}

fn record<'a>(message: &'a Message, said: &'a Said) -> (i64, Record<'a>) {
    let record = Record {
        status: if said.resolved_at.is_some() { "resolved" } else { "firing" },
        message: &message.id,
        receiver: &message.receiver,
        occurrence: said.occurrence,
        alert: &said.alert,
    };
    (said.resolved_at.unwrap_or(said.alert.starts_at).as_second(), record)
}
