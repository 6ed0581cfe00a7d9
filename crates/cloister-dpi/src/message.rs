//! One message while it is read.

use cloister_dlp::{Tally, Where};
use cloister_protocol::{Head, MessageId, Place, Protocol, Side};

use crate::reading::{Key, Reading, Recognised, whole};

/// More values than these are told of before the message ends.
const MANY: u64 = 4096;
/// More places of one message are thrown together.
const PLACES: usize = 64;
/// Hashes that one place keeps until they are counted.
const HASHES: usize = 4096;
/// What is kept of a target and of a name.
const NAME: usize = 256;

/// A message of a connection.
pub struct Message {
    pub id: MessageId,
    pub side: Side,
    pub protocol: Protocol,
    pub target: Box<str>,
    pub host: Box<str>,
    pub answers: Option<MessageId>,
    pub tallies: Vec<Tally>,
    /// Records with personal data.
    pub records: u64,
    /// The record at hand holds some.
    personal: bool,
    open: Option<(Where, Box<str>, Reading)>,
    /// Its content is a picture or a film: not looked at.
    opaque: bool,
    pub grpc: bool,
}

impl Message {
    pub fn new(id: MessageId, head: &Head<'_>) -> Message {
        Message {
            id,
            side: head.side,
            protocol: head.protocol,
            target: cut(head.target).into(),
            host: cut(head.host).into(),
            answers: head.answers,
            tallies: Vec::new(),
            records: 0,
            personal: false,
            open: None,
            opaque: false,
            grpc: false,
        }
    }

    /// A piece of a value; what is recognised is added to the tallies, and to `seen`.
    pub fn value(&mut self, place: Place<'_>, bytes: &[u8], last: bool, key: &Key, seen: &mut Vec<Recognised>) {
        seen.clear();
        let (at, field) = located(&place);
        if let Place::Body(media) = place {
            self.opaque = ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind));
            self.grpc |= media.starts_with("application/grpc");
            if self.opaque {
                return;
            }
        }
        match (self.open.take(), last) {
            (None, true) => {
                whole(field, bytes, key, seen);
                self.count(at, field, seen);
            }
            (open, last) => {
                let fresh = || (at, Box::from(cut(field)), Reading::new(field));
                let (at, field, mut reading) = open.unwrap_or_else(fresh);
                reading.push(bytes, key, seen);
                if last {
                    reading.finish(key, seen);
                    self.count(at, &field, seen);
                } else {
                    self.count(at, &field, seen);
                    self.open = Some((at, field, reading));
                }
            }
        }
    }

    /// What was said since the last record belongs to one.
    pub fn record(&mut self) {
        self.records += u64::from(std::mem::take(&mut self.personal));
    }

    /// Nothing more comes.
    pub fn end(&mut self, key: &Key, seen: &mut Vec<Recognised>) {
        seen.clear();
        if let Some((at, field, reading)) = self.open.take() {
            reading.finish(key, seen);
            self.count(at, &field, seen);
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
        self.target.len() + self.host.len() + tallies + 256
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
