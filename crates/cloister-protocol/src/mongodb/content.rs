//! What one message holds: documents, by sections.

use super::bson::{At, Bson, Event};
use super::{Asked, Shared};
use crate::input::{Hold, Input, Step};
use crate::{Head, MessageId, Place, Protocol, Side, Sink};

/// In which form documents come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Flags of OP_MSG.
    Flags,
    Section,
    /// The size and the name of a sequence of documents.
    Sequence,
    /// Where the sequence ends.
    Documents(u64),
    Body,
    /// The head of OP_QUERY.
    Query,
    /// The head of OP_REPLY.
    Reply,
    Rest,
}

/// The content of one message.
#[derive(Debug)]
pub(super) struct Content {
    hold: Hold,
    side: Side,
    state: State,
    at: u64,
    end: u64,
    bson: Bson,
    teller: Teller,
}

#[derive(Debug)]
struct Teller {
    side: Side,
    id: Option<MessageId>,
    number: u32,
    asked: Option<Asked>,
    command: String,
    target: String,
    /// The name of the sequence that comes.
    sequence: Option<String>,
    fresh: bool,
    /// A value whose place this is, is open.
    open: Option<Spot>,
    plain: bool,
    secret: Vec<u8>,
    /// A value that stands at the top, as far as it is short.
    top: Vec<u8>,
}

/// Where a value is told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Spot {
    Field(String),
    Password,
    Text,
    Nowhere,
    /// Part of an exchange of passwords.
    Secret,
}

impl Content {
    /// `number`: its own; `asked`: what it answers.
    pub(super) fn new(side: Side, code: u32, number: u32, length: u64, asked: Option<Asked>) -> Content {
        let state = match code {
            super::MSG => State::Flags,
            super::QUERY => State::Query,
            super::REPLY => State::Reply,
            _ => State::Rest,
        };
        let teller = Teller {
            side,
            id: None,
            number,
            asked,
            command: String::new(),
            target: String::new(),
            sequence: None,
            fresh: false,
            open: None,
            plain: false,
            secret: Vec::new(),
            top: Vec::new(),
        };
        Content { hold: Hold::default(), side, state, at: 0, end: length, bson: Bson::default(), teller }
    }

    /// The next bytes; whether they can be read.
    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> bool {
        let mut hold = std::mem::take(&mut self.hold);
        let most = shared.limits.head;
        let progress = hold.feed(bytes, most, |input| {
            let before = input.len();
            let step = self.step(input, shared, sink);
            self.at += (before - input.len()) as u64;
            step
        });
        self.hold = hold;
        progress == crate::Progress::Reads
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match self.state {
            State::Flags => {
                let Some(flags) = input.u32_le() else { return Step::Wait };
                if flags & 1 != 0 {
                    // A checksum stands at the end.
                    self.end = self.end.saturating_sub(4);
                }
                self.state = State::Section;
            }
            State::Section if self.at >= self.end => self.state = State::Rest,
            State::Section => {
                let Some(kind) = input.u8() else { return Step::Wait };
                self.state = match kind {
                    0 => State::Body,
                    1 => State::Sequence,
                    _ => return Step::Strange,
                };
                self.bson = Bson::default();
            }
            State::Sequence => {
                let mut look = *input;
                let Some(size) = look.u32_le() else { return Step::Wait };
                let Some(name) = look.until(0) else { return Step::Wait };
                self.teller.sequence = Some(String::from_utf8_lossy(name).into_owned());
                *input = look;
                let end = self.at + u64::from(size);
                if end > self.end {
                    return Step::Strange;
                }
                self.state = State::Documents(end);
            }
            State::Documents(end) if self.at >= end => {
                self.teller.sequence = None;
                self.state = State::Section;
            }
            State::Documents(_) | State::Body => return self.document(input, shared, sink),
            State::Query => {
                let mut look = *input;
                let flags = look.take(4);
                let (Some(_), Some(name), Some(_)) = (flags, look.until(0), look.take(8)) else { return Step::Wait };
                let name = String::from_utf8_lossy(name).into_owned();
                *input = look;
                if let Some((database, collection)) = name.split_once('.') {
                    shared.database = database.to_owned();
                    if collection != "$cmd" {
                        self.teller.command = "query".to_owned();
                        self.teller.target = collection.to_owned();
                        self.teller.sequence = Some("query".to_owned());
                    }
                }
                self.state = State::Documents(self.end);
            }
            State::Reply => {
                if input.take(20).is_none() {
                    return Step::Wait;
                }
                self.state = State::Documents(self.end);
            }
            State::Rest => {
                input.some(u64::MAX);
                return Step::Wait;
            }
        }
        Step::Again
    }

    fn document(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let teller = &mut self.teller;
        let depth = shared.limits.depth;
        let step = self.bson.step(input, depth, &mut |at, event| teller.on(at, event, shared, sink));
        if self.bson.is_done() {
            self.bson = Bson::default();
            if self.state == State::Body {
                self.state = State::Section;
            }
        }
        step
    }

    /// No more comes.
    pub(super) fn finish(mut self, whole: bool, shared: &mut Shared, sink: &mut dyn Sink) {
        let Some(id) = self.teller.id else { return };
        if let Some(spot) = self.teller.open.take() {
            spot.tell(id, b"", true, sink);
        }
        if self.teller.fresh {
            sink.record(id);
        }
        sink.end(id, whole);
        if self.side == Side::Client {
            let Teller { number, command, target, .. } = self.teller;
            shared.ask(number, Asked { id, command, target });
        }
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held() + self.teller.secret.capacity()
    }
}

impl Spot {
    fn tell(&self, id: MessageId, bytes: &[u8], last: bool, sink: &mut dyn Sink) {
        match self {
            Spot::Field(name) => sink.value(id, Place::Field(name), bytes, last),
            Spot::Password => sink.value(id, Place::Field("password"), bytes, last),
            Spot::Text => sink.value(id, Place::Text, bytes, last),
            Spot::Nowhere | Spot::Secret => {}
        }
    }
}

impl Teller {
    fn on(&mut self, at: At<'_>, event: Event<'_>, shared: &mut Shared, sink: &mut dyn Sink) {
        match event {
            Event::Open => {
                if at.depth() == 1 && self.sequence.is_none() {
                    self.named(at.name, None, shared, sink);
                }
            }
            Event::Close => self.close(&at, sink),
            Event::Other => {
                if at.depth() == 1 && self.sequence.is_none() {
                    self.named(at.name, None, shared, sink);
                }
            }
            Event::Value(bytes, last) => {
                let spot = self.open.take().unwrap_or_else(|| self.spot(&at));
                if at.depth() == 1 && self.sequence.is_none() {
                    keep(&mut self.top, bytes);
                    if last {
                        let top = std::mem::take(&mut self.top);
                        self.named(at.name, Some(&top), shared, sink);
                    }
                }
                if !matches!(spot, Spot::Nowhere) {
                    self.begin(shared, sink);
                }
                self.open = Some(spot);
                if let (Some(id), Some(spot)) = (self.id, &self.open) {
                    match spot {
                        Spot::Secret if self.secret.len() + bytes.len() < 2048 => self.secret.extend_from_slice(bytes),
                        Spot::Field(_) | Spot::Password | Spot::Text => {
                            self.fresh = true;
                            spot.tell(id, bytes, last, sink);
                        }
                        Spot::Secret | Spot::Nowhere => {}
                    }
                }
                if last {
                    let spot = self.open.take();
                    if spot == Some(Spot::Secret) {
                        self.password(sink);
                    }
                }
            }
        }
    }

    /// The first names say what is done, and to what.
    fn named(&mut self, name: &str, value: Option<&[u8]>, shared: &mut Shared, sink: &mut dyn Sink) {
        let text = value.map(|value| String::from_utf8_lossy(value).into_owned());
        if name == "$db" {
            if let Some(text) = text {
                shared.database = text;
            }
            return;
        }
        if self.side == Side::Server {
            return self.begin(shared, sink);
        }
        if self.command.is_empty() {
            self.command = name.to_owned();
            self.target = text.filter(|text| text.len() <= 256 && !is_number(text)).unwrap_or_default();
            return;
        }
        if self.command == "getMore" && name == "collection" && self.id.is_none() {
            self.target = text.unwrap_or_default();
        } else if name == "mechanism" {
            self.plain = text.as_deref() == Some("PLAIN");
        }
        self.begin(shared, sink);
    }

    fn begin(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        // The table of more rows is told after the first name.
        if self.id.is_some() || (self.command == "getMore" && self.target.is_empty() && self.side == Side::Client) {
            return;
        }
        let id = shared.next.take();
        let asked = self.asked.as_ref();
        sink.begin(
            id,
            &Head {
                side: self.side,
                protocol: Protocol::MongoDb,
                operation: asked
                    .map_or(if self.command.is_empty() { "reply" } else { &self.command }, |asked| &asked.command),
                target: asked.map_or(&self.target, |asked| &asked.target),
                host: &shared.database,
                answers: asked.map(|asked| asked.id),
                status: None,
            },
        );
        self.id = Some(id);
    }

    /// The depth from which on names belong to what is kept.
    fn from(&self, at: &At<'_>) -> usize {
        if self.sequence.is_some() {
            // A statement of updates or deletions: what it looks for, and what it sets.
            let inner = matches!(self.sequence.as_deref(), Some("updates" | "deletes")) && at.depth() > 1;
            return if inner { 2 } else { 1 };
        }
        match (at.above(1), at.above(2)) {
            ("cursor", "firstBatch" | "nextBatch") => 4,
            ("documents", _) => 3,
            ("updates" | "deletes", _) => 4,
            ("filter" | "query" | "q" | "update" | "value" | "u", _) => 2,
            ("pipeline", _) => 3,
            _ => 1,
        }
    }

    fn spot(&self, at: &At<'_>) -> Spot {
        let top = if at.depth() == 1 { at.name } else { at.above(1) };
        if self.sequence.is_none() {
            match top {
                "payload" if self.plain => return Spot::Secret,
                "pwd" => return Spot::Password,
                "errmsg" => return Spot::Text,
                _ if at.depth() == 1 => return Spot::Nowhere,
                "lsid"
                | "$clusterTime"
                | "client"
                | "readConcern"
                | "writeConcern"
                | "$readPreference"
                | "topologyVersion"
                | "signature"
                | "speculativeAuthenticate" => return Spot::Nowhere,
                "cursor" if at.depth() == 2 => return Spot::Nowhere,
                _ => {}
            }
        }
        let path = at.path(self.from(at));
        if path.is_empty() { Spot::Text } else { Spot::Field(path) }
    }

    fn close(&mut self, at: &At<'_>, sink: &mut dyn Sink) {
        let ends = match &self.sequence {
            Some(_) => at.depth() == 0,
            None => match (at.above(1), at.above(2)) {
                ("cursor", "firstBatch" | "nextBatch") => at.depth() == 3,
                ("documents" | "updates" | "deletes", _) => at.depth() == 2,
                _ => false,
            },
        };
        if let (true, Some(id)) = (ends && self.fresh, self.id) {
            self.fresh = false;
            sink.record(id);
        }
    }

    /// SASL's PLAIN: who, a zero, who again, a zero, the password (RFC 4616).
    fn password(&mut self, sink: &mut dyn Sink) {
        let secret = std::mem::take(&mut self.secret);
        let mut parts = secret.splitn(3, |byte| *byte == 0).skip(1);
        let (user, password) = (parts.next(), parts.next());
        if let Some(id) = self.id {
            for (name, value) in [("user", user), ("password", password)] {
                sink.value(id, Place::Field(name), value.unwrap_or_default(), true);
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A little more than a name may have, so that longer ones are known as such.
fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = 300_usize.saturating_sub(kept.len()).min(bytes.len());
    kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
}
