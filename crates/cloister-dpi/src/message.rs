//! One message while it is read.

use std::sync::Arc;

use cloister_detect::Stream;
use cloister_dlp::{Tally, Where};
use cloister_protocol::{Head, MessageId, Place, Protocol, Side};

use crate::reading::{Desk, Recognised};

/// More values than these are told of before the message ends.
const MANY: u64 = 4096;
/// More places of one message are thrown together.
const PLACES: usize = 64;
/// Hashes that one place keeps until they are counted.
const HASHES: usize = 4096;
/// What is kept of a target and of a name.
const NAME: usize = 256;

/// A value of which more may come.
struct Open {
    at: Where,
    field: Box<str>,
    stream: Stream,
}

/// A message of a connection.
pub struct Message {
    pub id: MessageId,
    pub side: Side,
    pub protocol: Protocol,
    pub target: Arc<str>,
    pub host: Arc<str>,
    pub answers: Option<MessageId>,
    /// It answers for good: no other message answers the same request.
    pub settles: bool,
    pub tallies: Vec<Tally>,
    /// Records with personal data.
    pub records: u64,
    /// The record at hand holds some.
    personal: bool,
    open: Option<Box<Open>>,
    /// Its content is a picture or a film: not looked at.
    opaque: bool,
    pub grpc: bool,
}

impl Message {
    /// `host` is the one that was called before: it is mostly the same.
    pub fn new(id: MessageId, head: &Head<'_>, host: &Arc<str>) -> Message {
        let interim = head.status.is_none_or(|status| (100..200).contains(&status) && status != 101);
        Message {
            id,
            side: head.side,
            protocol: head.protocol,
            target: cut(head.target).into(),
            host: if **host == *cut(head.host) { Arc::clone(host) } else { cut(head.host).into() },
            answers: head.answers,
            settles: matches!(head.protocol, Protocol::Http1 | Protocol::Http2) && !interim,
            tallies: Vec::new(),
            records: 0,
            personal: false,
            open: None,
            opaque: false,
            grpc: false,
        }
    }

    /// A piece of a value; what is recognised is added to the tallies, and stays on the desk.
    pub fn value(&mut self, place: Place<'_>, bytes: &[u8], last: bool, desk: &mut Desk) {
        desk.seen.clear();
        if let Place::Body(media) = place {
            self.opaque = ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind));
            self.grpc |= media.starts_with("application/grpc");
            if self.opaque {
                return;
            }
        }
        let (at, field) = located(&place);
        match (self.open.take(), last) {
            (None, true) => {
                desk.whole(field, bytes);
                self.count(at, field, &desk.seen);
            }
            (open, last) => {
                let fresh = || Box::new(Open { at, field: cut(field).into(), stream: Stream::new(field) });
                let mut open = open.unwrap_or_else(fresh);
                desk.push(&mut open.stream, bytes);
                if last {
                    self.close(*open, desk);
                } else {
                    self.count(open.at, &open.field, &desk.seen);
                    self.open = Some(open);
                }
            }
        }
    }

    fn close(&mut self, open: Open, desk: &mut Desk) {
        desk.end(open.stream);
        self.count(open.at, &open.field, &desk.seen);
    }

    /// What was said since the last record belongs to one.
    pub fn record(&mut self) {
        self.records += u64::from(std::mem::take(&mut self.personal));
    }

    /// Nothing more comes.
    pub fn end(&mut self, desk: &mut Desk) {
        desk.seen.clear();
        if let Some(open) = self.open.take() {
            self.close(*open, desk);
        }
        self.record();
    }

    /// Whether so much was recognised that it has to be told now.
    pub fn is_full(&self) -> bool {
        self.tallies.iter().map(|tally| tally.count).sum::<u64>() >= MANY
    }

    /// The tallies and records so far: counting begins anew.
    pub fn take(&mut self) -> (Vec<Tally>, u64) {
        (std::mem::take(&mut self.tallies), std::mem::take(&mut self.records))
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        let tallies: usize = self.tallies.iter().map(|it| it.hashes.len() * 8 + it.field.len() + 96).sum();
        let open = self.open.as_ref().map_or(0, |open| size_of::<Open>() + open.field.len() + open.stream.held());
        size_of::<Message>() + self.target.len() + self.host.len() + tallies + open
    }

    fn count(&mut self, at: Where, field: &str, seen: &[Recognised]) {
        for Recognised { detection, hash } in seen.iter().filter(|it| !it.detection.test_data) {
            self.personal |= detection.category.is_personal();
            let category = detection.category;
            let same = |it: &Tally| it.category == category && it.place == at && *it.field == *field;
            let known = self.tallies.iter().position(same);
            let crowded = || {
                let full = self.tallies.len() >= PLACES;
                self.tallies.iter().position(|it| full && it.category == category)
            };
            match known.or_else(crowded).and_then(|number| self.tallies.get_mut(number)) {
                Some(tally) => {
                    tally.count += 1;
                    tally.confidence = tally.confidence.max(detection.confidence);
                    if tally.hashes.len() < HASHES {
                        tally.hashes.extend(*hash);
                    }
                }
                None => self.tallies.push(Tally {
                    category,
                    kind: detection.kind,
                    confidence: detection.confidence,
                    place: at,
                    field: cut(field).into(),
                    count: 1,
                    hashes: hash.iter().copied().collect(),
                }),
            }
        }
    }
}

/// Where a value stands, and the name that helps to recognise it.
fn located<'a>(place: &Place<'a>) -> (Where, &'a str) {
    match *place {
        Place::Path => (Where::Path, ""),
        Place::Query(name) => (Where::Query, name),
        Place::Header(name) => (Where::Header, name),
        Place::Body(_) => (Where::Body, ""),
        Place::Column { name, .. } => (Where::Column, name),
        Place::Parameter(_) | Place::Statement => (Where::Statement, ""),
        Place::Key => (Where::Field, ""),
        Place::Field(name) => (Where::Field, name),
        Place::Text => (Where::Text, ""),
    }
}

/// As much of a text as is kept.
fn cut(text: &str) -> &str {
    let end = (0..=NAME.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}
