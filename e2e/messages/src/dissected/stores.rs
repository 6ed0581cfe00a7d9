//! Redis and MongoDB: commands, and the strings in them and in answers.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use super::{changed, counted, is_answer};
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, count, unhex};

/// A command with fewer bytes of values is in one packet.
const PACKET: usize = 1000;
/// What client and server say of themselves when they meet.
const MEETING: [&[u8]; 8] =
    [b"redis-py", b"on", b"default", b"id", b"modules", b"proto", b"internal-fqdn", b"moving-endpoint-type"];

/// Words of commands that are neither their names nor values, identifiers of entries, numbers and signs of options.
fn is_option(text: &[u8]) -> bool {
    let sign = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_-.+*~>$=".contains(byte);
    text.len() <= 24 && text.iter().all(sign)
}

/// What is told as a name: operations, targets, and the last part of places.
fn names(messages: &[Message]) -> BTreeSet<Vec<u8>> {
    let mut names = BTreeSet::new();
    for message in messages {
        let words = message.operation.split(' ').chain(message.target.split(['.', '/'])).chain([message.host.as_str()]);
        names.extend(words.flat_map(|word| [word.to_owned(), word.to_lowercase(), word.to_uppercase()]));
        names.extend(message.values.iter().filter_map(|(place, _)| Some(place.split_once(':')?.1.to_owned())));
    }
    names.into_iter().map(String::into_bytes).collect()
}

/// Commands that come in several packets, and in how many all of them.
fn long(messages: &[Message]) -> BTreeMap<Vec<u8>, usize> {
    let mut long = BTreeMap::new();
    for message in messages.iter().filter(|message| !is_answer(message)) {
        let bytes: usize = message.values.iter().map(|(place, value)| place.len() + value.len() + 16).sum();
        if bytes > PACKET {
            *long.entry(message.operation.clone().into_bytes()).or_default() += bytes.div_ceil(PACKET);
        }
    }
    long
}

pub(crate) fn redis(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let (named, long) = (names(messages), long(messages));
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
        Comparison::new("commands", commands, theirs).unless(
            "a command of several packets is begun again with each",
            move |name, ours, theirs| {
                let more = theirs.saturating_sub(ours);
                more > 0 && long.get(name).is_some_and(|packets| more <= *packets)
            },
        ),
        // How often cannot be compared, but what: nothing stands there that is told nowhere.
        Comparison::new("strings", strings, their_strings).unless(
            "what comes in several packets is read anew with each; names are told as such",
            move |text, ours, theirs| {
                let name = named.contains(text) || is_option(text) || MEETING.contains(&text);
                ours < theirs && (ours > 0 || name)
            },
        ),
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
            .unless("names of collections, of commands and of machines stand in no row", |_, ours, theirs| {
                ours == 0 && theirs > 0
            }),
    ])
}

/// As tshark writes texts.
fn escaped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace('\n', "\\n").replace('\t', "\\t")
}
