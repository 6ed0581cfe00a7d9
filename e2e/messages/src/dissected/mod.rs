//! What tshark's dissectors read in the recordings, beside what ours tells, protocol by protocol.

mod binary;
mod brokers;
mod names;
mod sql;
mod stores;
mod web;

use anyhow::Result;
use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use crate::tshark::{Counted, count};

pub(crate) use brokers::{amqp, kafka};
pub(crate) use names::{dns, dns_beside};
pub(crate) use sql::{mysql, postgres};
pub(crate) use stores::{mongodb, redis};
pub(crate) use web::{coded, grpc, heads, smtp, tls, websocket};

/// How often each thing that a message is counted as stands in messages.
fn counted<T: Into<Vec<u8>>>(messages: &[Message], each: impl Fn(&Message) -> Vec<T>) -> Counted {
    let mut counted = Counted::new();
    for thing in messages.iter().flat_map(each) {
        count(&mut counted, thing);
    }
    counted
}

/// Values of a message at places that begin so.
fn values(message: &Message, prefix: &str) -> Vec<Vec<u8>> {
    let values = message.values.iter().filter(|(place, _)| place.starts_with(prefix));
    values.map(|(_, value)| value.clone()).collect()
}

/// Its target, where it is one of these operations.
fn target(message: &Message, operations: &[&str]) -> Vec<String> {
    let meant = operations.contains(&message.operation.as_str());
    if meant { vec![message.target.clone()] } else { Vec::new() }
}

/// Whether the server said it.
fn is_answer(message: &Message) -> bool {
    message.side == Side::Server
}

/// Each once.
fn once(counted: Counted) -> Counted {
    counted.into_keys().map(|key| (key, 1)).collect()
}

/// What tshark counts, as one number.
fn total(name: &str, number: usize) -> Counted {
    Counted::from([(name.as_bytes().to_vec(), number)])
}

/// Values of the first field of each packet, after one change of each.
fn changed(rows: Vec<Vec<Vec<String>>>, change: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Counted> {
    let mut counted = Counted::new();
    for value in rows.iter().flatten().flatten() {
        if let Some(value) = change(value) {
            count(&mut counted, value);
        }
    }
    Ok(counted)
}
