//! Kafka ("Kafka protocol guide", and the schemas of its messages): what is produced and fetched, topic by topic, with
//! keys, values and headers. Answers are read in the version of their request.

mod records;
mod shape;
mod wire;

use std::collections::HashMap;

use records::{Records, Said};
use shape::{Api, Shape, Topic};
use wire::{tags, text};

use crate::input::{Frame, Hold, Input, Step, Within, boundary};
use crate::session::{Certainty, Known};
use crate::{Conversation, Head, Limits, MessageId, Place, Progress, Protocol, Side, Sides, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Kafka,
    transport: Transport::Tcp,
    ports: &[9092],
    rejoins: true,
    recognise,
    reader: Kafka::boxed,
};

/// As many requests may wait for their answers, and topics be known by their number.
const REMEMBERED: usize = 4096;
/// The largest request that servers take by default (`socket.request.max.bytes`).
const LARGEST: u32 = 100 << 20;

/// What both sides know.
struct Shared {
    limits: Limits,
    next: MessageId,
    asked: HashMap<u32, Shape>,
    topics: HashMap<[u8; 16], String>,
    /// The mechanism that was agreed says passwords as they are.
    plain: bool,
}

/// What comes next. The first number is what is left of the frame.
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Length,
    Head(u64),
    Whole(u64, Shape),
    Prelude(u64, Shape),
    /// So many topics follow.
    Topic(u64, Shape, u64),
    /// Topics and partitions that follow.
    Partition(u64, Shape, u64, u64),
    Records(u64, Shape, u64, u64, u64),
    /// What later versions added to a partition.
    After(u64, Shape, u64, u64),
    /// The same to a topic.
    AfterTopic(u64, Shape, u64),
    Skip(u64),
    Seek(usize),
}

/// Records that are told.
struct Telling {
    id: MessageId,
    records: Records,
    whole: bool,
}

#[derive(Default)]
struct Lane {
    hold: Hold,
    state: State,
    topic: String,
    telling: Option<Telling>,
}

/// Reads a conversation with Kafka.
pub(crate) struct Kafka {
    lanes: Sides<Lane>,
    shared: Shared,
}

impl Kafka {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        let shared =
            Shared { limits: *limits, next: first, asked: HashMap::new(), topics: HashMap::new(), plain: false };
        Box::new(Kafka { lanes: Sides::default(), shared })
    }
}

impl Conversation for Kafka {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let Kafka { lanes, shared } = self;
        let lane = lanes.of(side);
        let mut hold = std::mem::take(&mut lane.hold);
        let progress = hold.feed(bytes, shared.limits.head * 16, |input| lane.step(input, side, shared, sink));
        lane.hold = hold;
        progress
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Kafka, Trouble::Gap);
        let lane = self.lanes.of(side);
        let missing = bytes.saturating_add(lane.hold.forget() as u64);
        let left = lane.left().and_then(|left| left.checked_sub(missing)).filter(|left| *left > 0);
        lane.end(false, sink);
        lane.state = left.map_or(State::Seek(0), State::Skip);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        lane.hold.forget();
        lane.end(false, sink);
        lane.state = State::Length;
    }

    fn held(&self) -> usize {
        let lane = |lane: &Lane| {
            let telling = lane.telling.as_ref().map_or(0, |telling| telling.records.held());
            lane.hold.held() + lane.topic.capacity() + telling
        };
        lane(&self.lanes.client)
            + lane(&self.lanes.server)
            + self.shared.asked.len() * 32
            + self.shared.topics.len() * 96
    }
}

impl Lane {
    fn left(&self) -> Option<u64> {
        match self.state {
            State::Length => Some(0),
            State::Head(left)
            | State::Whole(left, _)
            | State::Prelude(left, _)
            | State::Topic(left, ..)
            | State::Partition(left, ..)
            | State::Records(left, ..)
            | State::After(left, ..)
            | State::AfterTopic(left, ..)
            | State::Skip(left) => Some(left),
            State::Seek(_) => None,
        }
    }

    fn step(&mut self, input: &mut Input<'_>, side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match self.state {
            State::Length => {
                let Some(length) = input.u32() else { return Step::Wait };
                self.state = State::Head(length.into());
                if !(4..=LARGEST).contains(&length) {
                    sink.trouble(Protocol::Kafka, Trouble::Malformed);
                    self.state = State::Seek(0);
                }
                Step::Again
            }
            State::Head(left) => self.head(input, left, side, shared, sink),
            State::Whole(left, shape) => {
                let Some(content) = usize::try_from(left).ok().and_then(|left| input.take(left)) else {
                    return Step::Wait;
                };
                self.state = State::Length;
                whole(shape, content, side, shared, sink);
                Step::Again
            }
            State::Prelude(mut left, shape) => {
                let within = input.within(&mut left, |part| shape.prelude(part));
                self.go(within, State::Skip(left), sink, |topics| State::Topic(left, shape, topics))
            }
            State::Topic(left, _, 0) => {
                self.state = State::Skip(left);
                Step::Again
            }
            State::Topic(mut left, shape, topics) => {
                let within = input.within(&mut left, |part| shape.topic(part));
                if let Within::Got((topic, _)) = &within {
                    self.topic = match topic {
                        Topic::Name(name) => name.clone(),
                        Topic::Number(number) => shared.topics.get(number).cloned().unwrap_or_default(),
                    };
                }
                self.go(within, State::Skip(left), sink, |(_, partitions)| {
                    State::Partition(left, shape, topics, partitions)
                })
            }
            State::Partition(left, shape, topics, 0) => {
                self.state = State::AfterTopic(left, shape, topics);
                Step::Again
            }
            State::Partition(mut left, shape, topics, partitions) => {
                let within = input.within(&mut left, |part| shape.partition(part));
                self.go(within, State::Skip(left), sink, |length| {
                    State::Records(left, shape, topics, partitions, length.min(left))
                })
            }
            State::Records(left, shape, topics, partitions, 0) => {
                self.end(true, sink);
                self.state = State::After(left, shape, topics, partitions - 1);
                Step::Again
            }
            State::Records(left, shape, topics, partitions, length) => {
                let bytes = input.some(length);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.records(bytes, shape, side, shared, sink);
                let taken = bytes.len() as u64;
                self.state = State::Records(left - taken, shape, topics, partitions, length - taken);
                Step::Again
            }
            State::After(mut left, shape, topics, partitions) => {
                let within = input.within(&mut left, |part| tags(part, shape.flexible));
                self.go(within, State::Skip(left), sink, |()| State::Partition(left, shape, topics, partitions))
            }
            State::AfterTopic(mut left, shape, topics) => {
                let within = input.within(&mut left, |part| tags(part, shape.flexible));
                self.go(within, State::Skip(left), sink, |()| State::Topic(left, shape, topics.saturating_sub(1)))
            }
            State::Skip(0) => {
                self.state = State::Length;
                Step::Again
            }
            State::Skip(left) => {
                let taken = input.some(left).len() as u64;
                self.state = State::Skip(left - taken);
                if taken == 0 { Step::Wait } else { Step::Again }
            }
            State::Seek(seen) => self.seek(input, seen, side),
        }
    }

    /// Goes on when a token was taken.
    fn go<T>(&mut self, within: Within<T>, skip: State, sink: &mut dyn Sink, next: impl FnOnce(T) -> State) -> Step {
        match within {
            Within::Got(token) => self.state = next(token),
            Within::Wait => return Step::Wait,
            Within::Short => {
                sink.trouble(Protocol::Kafka, Trouble::Malformed);
                self.end(false, sink);
                self.state = skip;
            }
        }
        Step::Again
    }

    fn head(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        side: Side,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        let within = match side {
            Side::Client => input.within(&mut left, |part| request(part, shared)),
            Side::Server => input.within(&mut left, |part| answer(part, shared)),
        };
        let shape = match within {
            Within::Got(shape) => shape,
            Within::Wait => return Step::Wait,
            Within::Short => {
                self.state = State::Skip(left);
                return Step::Again;
            }
        };
        let reads = match (shape.api, side) {
            (Api::Produce, Side::Client) | (Api::Fetch, Side::Server) => true,
            (Api::Metadata, Side::Server) => shape.version >= 10,
            (Api::SaslHandshake | Api::SaslAuthenticate, side) => side == Side::Client,
            _ => false,
        };
        self.state = match shape.api {
            _ if !reads => State::Skip(left),
            _ if !shape.known => {
                sink.trouble(Protocol::Kafka, Trouble::Unsupported);
                State::Skip(left)
            }
            Api::Produce | Api::Fetch => State::Prelude(left, shape),
            _ if left <= shared.limits.head as u64 * 15 => State::Whole(left, shape),
            _ => {
                sink.trouble(Protocol::Kafka, Trouble::TooLarge);
                State::Skip(left)
            }
        };
        Step::Again
    }

    fn records(&mut self, bytes: &[u8], shape: Shape, side: Side, shared: &mut Shared, sink: &mut dyn Sink) {
        let telling = self.telling.get_or_insert_with(|| {
            let id = shared.next.take();
            let operation = if shape.api == Api::Produce { "produce" } else { "fetch" };
            sink.begin(
                id,
                &Head {
                    side,
                    protocol: Protocol::Kafka,
                    operation,
                    target: &self.topic,
                    host: "",
                    answers: None,
                    status: None,
                },
            );
            Telling { id, records: Records::new(&shared.limits), whole: true }
        });
        let id = telling.id;
        if let Err(trouble) = telling.records.push(bytes, &mut |said| tell(id, said, sink)) {
            telling.whole = false;
            sink.trouble(Protocol::Kafka, trouble);
        }
    }

    fn end(&mut self, whole: bool, sink: &mut dyn Sink) {
        if let Some(mut telling) = self.telling.take() {
            let id = telling.id;
            telling.records.finish(&mut |said| tell(id, said, sink));
            sink.end(id, whole && telling.whole);
        }
    }

    fn seek(&mut self, input: &mut Input<'_>, seen: usize, side: Side) -> Step {
        let head = if side == Side::Client { request_head } else { answer_head };
        if let Some(start) = boundary(input.rest(), head) {
            input.some(start as u64);
            self.state = State::Length;
            return Step::Again;
        }
        if input.len() < 16 << 10 {
            return Step::Wait;
        }
        if seen > 2 << 20 {
            return Step::Strange;
        }
        let drop = input.len() - 64;
        input.some(drop as u64);
        self.state = State::Seek(seen + drop);
        Step::Again
    }
}

fn tell(id: MessageId, said: Said<'_>, sink: &mut dyn Sink) {
    match said {
        Said::Key(bytes, last) => sink.value(id, Place::Key, bytes, last),
        Said::Value(bytes, last) => sink.value(id, Place::Body(""), bytes, last),
        Said::Header(name, bytes, last) => sink.value(id, Place::Header(name), bytes, last),
        Said::Record => sink.record(id),
    }
}

/// The head of a request; its answer is read in the same version.
fn request(part: &mut Input<'_>, shared: &mut Shared) -> Option<Shape> {
    let (key, version) = (part.u16()?.cast_signed(), part.u16()?.cast_signed());
    let number = part.u32()?;
    let shape = Shape::new(key, version);
    if shape.api != Api::Other {
        text(part, false)?;
        tags(part, shape.flexible)?;
    }
    if shared.asked.len() >= REMEMBERED {
        shared.asked.clear();
    }
    shared.asked.insert(number, shape);
    Some(shape)
}

fn answer(part: &mut Input<'_>, shared: &mut Shared) -> Option<Shape> {
    let number = part.u32()?;
    let shape = shared.asked.get(&number).copied().unwrap_or(Shape::new(-1, 0));
    tags(part, shape.flexible)?;
    shared.asked.remove(&number);
    Some(shape)
}

/// Short ones, that are read when they are whole.
fn whole(shape: Shape, content: &[u8], side: Side, shared: &mut Shared, sink: &mut dyn Sink) {
    let mut input = Input::new(content);
    match shape.api {
        Api::Metadata => {
            let topics = &mut shared.topics;
            let read = shape.numbers(&mut input, |number, name| {
                if topics.len() < REMEMBERED {
                    topics.insert(number, String::from_utf8_lossy(name).into_owned());
                }
            });
            if read.is_none() {
                sink.trouble(Protocol::Kafka, Trouble::Malformed);
            }
        }
        Api::SaslHandshake => shared.plain = text(&mut input, false) == Some(b"PLAIN"),
        Api::SaslAuthenticate if std::mem::take(&mut shared.plain) => {
            let Some(proof) = shape.proof(&mut input) else { return };
            let mut parts = proof.splitn(3, |byte| *byte == 0).skip(1);
            let id = shared.next.take();
            sink.begin(
                id,
                &Head {
                    side,
                    protocol: Protocol::Kafka,
                    operation: "login",
                    target: "",
                    host: "",
                    answers: None,
                    status: None,
                },
            );
            for name in ["user", "password"] {
                sink.value(id, Place::Field(name), parts.next().unwrap_or_default(), true);
            }
            sink.end(id, true);
        }
        _ => {}
    }
}

/// The head of a request, if it may be one.
fn request_head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let [Some(length), Some(kind), Some(number)] = [input.u32(), input.u32(), input.u32()] else { return Frame::Short };
    let (key, version) = (kind >> 16, kind & 0xffff);
    let Some(name) = input.u16() else { return Frame::Short };
    let name_fits = name == u16::MAX || u32::from(name) + 10 <= length;
    let printable =
        name == u16::MAX || input.rest().iter().take(name.into()).all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if (10..=LARGEST).contains(&length) && key < 100 && version < 30 && number < 1 << 30 && name_fits && printable {
        Frame::Long(length as usize + 4)
    } else {
        Frame::No
    }
}

/// The same of an answer, which has little to see.
fn answer_head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let (Some(length), Some(number)) = (input.u32(), input.u32()) else { return Frame::Short };
    if (6..=LARGEST).contains(&length) && number < 1 << 24 { Frame::Long(length as usize + 4) } else { Frame::No }
}

/// Clients begin by asking which versions there are, or for metadata.
fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match request_head(client) {
        Frame::Long(_) => {
            let mut input = Input::new(client);
            input.take(4);
            let (kind, number) = (input.u32().unwrap_or_default(), input.u32().unwrap_or_default());
            let first = matches!(kind >> 16, 3 | 18) && kind & 0xffff < 20 && number < 1 << 16;
            if first { Certainty::Sure } else { Certainty::Likely }
        }
        Frame::Short if client.is_empty() && server.is_empty() => Certainty::More,
        Frame::Short if client.first() == Some(&0) => Certainty::More,
        _ => Certainty::No,
    }
}
