//! One message while it is read.

use std::sync::Arc;

use cloister_dlp::{Allowed, At, Opaque, Reading, Tallies, Tally, Where};
use cloister_protocol::{Head, MessageId, Place, Protocol, Side};

use crate::reading::Desk;

/// More values than these are told of before the message ends.
const MANY: u64 = 4096;
/// What is kept of a target and of a name.
const NAME: usize = 256;

/// What a message held.
pub struct Held {
    pub tallies: Vec<Tally>,
    pub allowed: Vec<Allowed>,
    /// Records with personal data.
    pub records: u64,
    pub unsearched: Option<Opaque>,
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
    tallies: Tallies,
    /// Records with personal data.
    records: u64,
    /// Records so far, with or without.
    row: u64,
    /// The record at hand holds some.
    personal: bool,
    open: Option<Box<Reading>>,
    /// The content at hand cannot be searched.
    opaque: Option<Opaque>,
    /// A body has begun.
    in_body: bool,
    /// What could not be searched, and was not told.
    unsearched: Option<Opaque>,
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
            tallies: Tallies::default(),
            records: 0,
            row: 0,
            personal: false,
            open: None,
            opaque: None,
            in_body: false,
            unsearched: None,
            grpc: false,
        }
    }

    /// A piece of a value; what is recognised is added to the tallies, and stays on the desk.
    pub fn value(&mut self, place: Place<'_>, bytes: &[u8], last: bool, desk: &mut Desk) {
        desk.seen.clear();
        let at = located(&place);
        if let Place::Body(media) | Place::File { media, .. } = place {
            self.grpc |= media.starts_with("application/grpc");
            let begins = !std::mem::replace(&mut self.in_body, !last);
            if begins {
                self.opaque = Opaque::of(media, bytes);
                self.unsearched = self.unsearched.or(self.opaque);
            }
            if self.opaque == Some(Opaque::Media) {
                return;
            }
        }
        // Another policy may be in force since the last piece.
        if let Some(reading) = self.open.take_if(|reading| !reading.keeps_to(&desk.lens)) {
            desk.end(*reading, &[]);
            self.count(desk);
            desk.seen.clear();
        }
        match (self.open.take(), last) {
            (None, true) => {
                self.tallies.next_value();
                desk.whole(&at, bytes);
                self.count(desk);
            }
            (open, last) => {
                let mut reading = open.unwrap_or_else(|| {
                    self.tallies.next_value();
                    Box::new(Reading::new(&desk.lens, &at))
                });
                if last {
                    desk.end(*reading, bytes);
                } else {
                    desk.push(&mut reading, bytes);
                    self.open = Some(reading);
                }
                self.count(desk);
            }
        }
    }

    /// What was said since the last record belongs to one.
    pub fn record(&mut self) {
        self.row += 1;
        self.records += u64::from(std::mem::take(&mut self.personal));
    }

    /// Nothing more comes.
    pub fn end(&mut self, desk: &mut Desk) {
        desk.seen.clear();
        if let Some(reading) = self.open.take() {
            desk.end(*reading, &[]);
            self.count(desk);
        }
        self.record();
    }

    /// What there is to tell of it so far; nothing where there is none. Counting begins anew.
    pub fn take(&mut self) -> Option<Held> {
        if self.tallies.is_silent() && self.unsearched.is_none() {
            return None;
        }
        Some(Held {
            tallies: self.tallies.drain(),
            allowed: self.tallies.drain_allowed(),
            records: std::mem::take(&mut self.records).max(self.tallies.drain_records()),
            unsearched: self.unsearched.take(),
        })
    }

    /// Whether so much was recognised that it has to be told now.
    pub fn is_full(&self) -> bool {
        self.tallies.values() >= MANY
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        let open = self.open.as_ref().map_or(0, |reading| reading.held());
        size_of::<Message>() + self.target.len() + self.host.len() + self.tallies.held() + open
    }

    fn count(&mut self, desk: &mut Desk) {
        for recognised in &mut desk.seen {
            if self.tallies.take(&desk.lens, recognised, self.row) {
                self.personal |= recognised.detection().category.is_personal();
            }
        }
    }
}

/// Where a value stands, and the name that helps to recognise it.
fn located<'a>(place: &Place<'a>) -> At<'a> {
    let at = |place, field| At { place, field, media: "", raw: false };
    match *place {
        Place::Path => at(Where::Path, ""),
        Place::Query(name) => at(Where::Query, name),
        Place::Header(name) => at(Where::Header, name),
        Place::Body(media) => At { media, ..at(Where::Body, "") },
        Place::File { name, media } => At { media, ..at(Where::Body, name) },
        Place::Column { name, .. } => at(Where::Column, name),
        Place::Parameter(_) | Place::Statement => at(Where::Statement, ""),
        Place::Key => at(Where::Field, ""),
        Place::Field(name) => at(Where::Field, name),
        Place::Text => at(Where::Text, ""),
    }
}

/// As much of a text as is kept.
fn cut(text: &str) -> &str {
    let end = (0..=NAME.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}
