//! Redis and MongoDB: commands, and the strings in them and in answers.

use anyhow::Result;
use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use super::{changed, counted, is_answer};
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, count, unhex};

pub(crate) fn redis(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let commands =
        counted(messages, |message| if is_answer(message) { Vec::new() } else { vec![message.operation.clone()] });
    let mut theirs = Counted::new();
    let fields = ["resp.array.length", "resp.bulk_string.length", "resp.bulk_string.value"];
    for row in capture.fields("resp and tcp.dstport == 6379", &fields)? {
        let [arrays, lengths, values] = row.as_slice() else { continue };
        let (mut lengths, mut values) = (lengths.iter(), values.iter());
        for array in arrays {
            // Strings of no length have no value there.
            let strings = lengths.by_ref().take(array.parse().unwrap_or_default());
            let full = strings.filter(|length| *length != "0").count();
            let mut strings = values.by_ref().take(full);
            let name = strings.next().and_then(|name| unhex(name)).unwrap_or_default();
            strings.for_each(drop);
            count(&mut theirs, name.to_ascii_uppercase());
        }
    }
    let strings = counted(messages, |message| {
        let told = message.values.iter().filter(|(place, value)| place != "text" && !value.is_empty());
        told.map(|(_, value)| value.clone()).collect()
    });
    let their_strings = changed(capture.fields("resp.bulk_string.value", &["resp.bulk_string.value"])?, unhex)?;
    Ok(vec![
        Comparison::new("commands", commands, theirs)
            .unless("a command of several packets is begun again with each", |_, ours, theirs| ours < theirs),
        Comparison::new("strings", strings, their_strings)
            .unless("names of commands, fields and options are told as such", |_, ours, theirs| ours < theirs),
    ])
}

pub(crate) fn mongodb(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let sides = counted(messages, |message| vec![if message.side == Side::Client { "client" } else { "server" }]);
    let mut theirs = Counted::new();
    for (side, filter) in [("client", "mongo and tcp.dstport == 27017"), ("server", "mongo and tcp.srcport == 27017")] {
        let seen = capture.counted(filter, "mongo.opcode")?.values().sum();
        theirs.insert(side.as_bytes().to_vec(), seen);
    }
    const TEXTS: [&str; 4] = [".name", ".email", ".born", ".note"];
    let strings = counted(messages, |message| {
        let told = message.values.iter().filter(|(place, _)| TEXTS.iter().any(|name| place.ends_with(name)));
        told.map(|(_, value)| escaped(value)).collect()
    });
    let their_strings = capture.counted("mongo.element.value.string", "mongo.element.value.string")?;
    Ok(vec![
        Comparison::new("messages", sides, theirs),
        Comparison::new("texts", strings, their_strings)
            .unless("names of collections, of commands and of machines are no values", |_, ours, theirs| ours < theirs),
    ])
}

/// As tshark writes texts.
fn escaped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace('\n', "\\n").replace('\t', "\\t")
}
