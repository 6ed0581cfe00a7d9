//! AMQP 0-9-1 (amqp0-9-1.xml and its errata as RabbitMQ has them): what is published, delivered and got, with headers
//! and content.

mod method;
mod properties;
mod table;

use std::collections::HashMap;

use crate::coding::Chain;
use crate::content::Content;
use crate::input::{Hold, Input, Step};
use crate::seek::{Frame, Reach, boundary, seek};
use crate::session::{Certainty, Known};
use crate::{Conversation, Head, Limits, MessageId, Progress, Protocol, Side, Sides, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Amqp,
    transport: Transport::Tcp,
    ports: &[5672],
    rejoins: true,
    recognise,
    reader: Amqp::boxed,
};

/// What a client begins with.
const BEGIN: &[u8; 8] = b"AMQP\0\0\x09\x01";
/// What a frame ends with.
const END: u8 = 0xce;
/// Larger frames are not believed.
const LARGEST: u32 = 16 << 20;
/// How far the next frame is looked for after a gap.
const REACH: Reach = Reach { window: 32 << 10, again: 64, most: 2 << 20 };

/// What is known of a message before its content.
#[derive(Clone, Debug, Default)]
struct Announced {
    operation: &'static str,
    target: String,
}

/// What a channel has open on one side.
enum Open {
    Announced(Announced),
    /// The content, and what is left of it.
    Content(MessageId, Box<Content>, u64),
}

/// What both sides know.
struct Shared {
    limits: Limits,
    next: MessageId,
    host: String,
    open: HashMap<(Side, u16), Open>,
    /// Queues by channel and tag of who consumes.
    consumers: HashMap<(u16, String), String>,
    /// Queues that answers of a channel are waited for from.
    asked: HashMap<u16, String>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Begin,
    Head,
    /// The kind of a frame, its channel, how long it is.
    Whole(u8, u16, u64),
    Body(u16, u64),
    Skip(u64),
    End,
    Seek(usize),
}

#[derive(Debug, Default)]
struct Lane {
    hold: Hold,
    state: State,
}

/// Reads a conversation in AMQP.
pub(crate) struct Amqp {
    lanes: Sides<Lane>,
    shared: Shared,
}

impl Amqp {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        let shared = Shared {
            limits: *limits,
            next: first,
            host: String::new(),
            open: HashMap::new(),
            consumers: HashMap::new(),
            asked: HashMap::new(),
        };
        Box::new(Amqp { lanes: Sides::default(), shared })
    }
}

impl Conversation for Amqp {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let Amqp { lanes, shared } = self;
        let Lane { hold, state } = lanes.of(side);
        hold.feed(bytes, shared.limits.head * 4, |input| shared.step(state, input, side, sink))
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Amqp, Trouble::Gap);
        let lane = self.lanes.of(side);
        let missing = bytes.saturating_add(lane.hold.forget() as u64);
        lane.state = match lane.state {
            State::Body(channel, left) if missing <= left => {
                self.shared.lost(side, channel, missing, sink);
                State::Body(channel, left - missing)
            }
            State::Whole(_, _, left) | State::Skip(left) if missing < left => State::Skip(left - missing),
            _ => {
                self.shared.cut_short(side, sink);
                State::Seek(0)
            }
        };
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        self.lanes.of(side).hold.forget();
        self.shared.cut_short(side, sink);
    }

    fn held(&self) -> usize {
        let open = self.shared.open.values().map(|open| match open {
            Open::Announced(announced) => announced.target.capacity() + 64,
            Open::Content(_, content, _) => content.held() + 256,
        });
        let names = self.shared.consumers.len() + self.shared.asked.len();
        self.lanes.client.hold.held() + self.lanes.server.hold.held() + open.sum::<usize>() + names * 160
    }
}

impl Shared {
    fn step(&mut self, state: &mut State, input: &mut Input<'_>, side: Side, sink: &mut dyn Sink) -> Step {
        match *state {
            State::Begin => {
                let Some(begin) = input.rest().get(..8) else {
                    return if side == Side::Server { self.head(state, input, sink) } else { Step::Wait };
                };
                if begin.starts_with(b"AMQP") {
                    input.take(8);
                    // A server answers so when it does not speak this version.
                    *state = State::Head;
                } else if matches!(head(input.rest()), Frame::Long(_) | Frame::Short) {
                    *state = State::Head;
                } else {
                    *state = State::Seek(0);
                }
                Step::Again
            }
            State::Head => self.head(state, input, sink),
            State::Whole(kind, channel, length) => {
                let Some(content) = usize::try_from(length).ok().and_then(|length| input.take(length)) else {
                    return Step::Wait;
                };
                *state = State::End;
                if kind == 1 {
                    method::read(content, channel, side, self, sink);
                } else {
                    self.header(content, channel, side, sink);
                }
                Step::Again
            }
            State::Body(_, 0) | State::Skip(0) => {
                *state = State::End;
                Step::Again
            }
            State::Body(channel, left) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                *state = State::Body(channel, left - bytes.len() as u64);
                self.body(bytes, channel, side, sink);
                Step::Again
            }
            State::Skip(left) => {
                let taken = input.some(left).len() as u64;
                *state = State::Skip(left - taken);
                if taken == 0 { Step::Wait } else { Step::Again }
            }
            State::End => {
                let Some(end) = input.rest().first() else { return Step::Wait };
                *state = State::Head;
                if *end == END {
                    input.take(1);
                } else {
                    sink.trouble(Protocol::Amqp, Trouble::Malformed);
                    self.cut_short(side, sink);
                    *state = State::Seek(0);
                }
                Step::Again
            }
            State::Seek(seen) => {
                let sought = seek(input, seen, REACH, |window| boundary(window, whole_frame));
                sought.step(state, State::Head, State::Seek)
            }
        }
    }

    fn head(&self, state: &mut State, input: &mut Input<'_>, sink: &mut dyn Sink) -> Step {
        let mut look = *input;
        let (Some(kind), Some(channel), Some(length)) = (look.u8(), look.u16(), look.u32()) else { return Step::Wait };
        if !matches!(kind, 1 | 2 | 3 | 8) || length > LARGEST {
            sink.trouble(Protocol::Amqp, Trouble::Malformed);
            *state = State::Seek(0);
            return Step::Again;
        }
        *input = look;
        let length = u64::from(length);
        *state = match kind {
            1 | 2 if length <= self.limits.head as u64 * 4 => State::Whole(kind, channel, length),
            3 => State::Body(channel, length),
            8 => State::Skip(length),
            _ => {
                sink.trouble(Protocol::Amqp, Trouble::TooLarge);
                State::Skip(length)
            }
        };
        Step::Again
    }

    /// Content is announced.
    fn announce(&mut self, side: Side, channel: u16, announced: Announced, sink: &mut dyn Sink) {
        self.end(side, channel, false, sink);
        if self.open.len() >= self.limits.open {
            sink.trouble(Protocol::Amqp, Trouble::TooLarge);
            return;
        }
        self.open.insert((side, channel), Open::Announced(announced));
    }

    /// The header of content: how long it is, and what it says of itself.
    fn header(&mut self, content: &[u8], channel: u16, side: Side, sink: &mut dyn Sink) {
        let mut input = Input::new(content);
        input.take(4);
        let Some(length) = input.u64() else { return sink.trouble(Protocol::Amqp, Trouble::Malformed) };
        let announced = match self.open.remove(&(side, channel)) {
            Some(Open::Announced(announced)) => announced,
            Some(other) => {
                self.open.insert((side, channel), other);
                self.end(side, channel, false, sink);
                Announced { operation: "content", ..Announced::default() }
            }
            None => Announced { operation: "content", ..Announced::default() },
        };
        let id = self.begin(side, announced.operation, &announced.target, sink);
        let about = properties::read(&mut input, id, self.limits.depth, sink);
        let chain = Chain::named(&about.encoding, &self.limits);
        let content = Content::new(id, Protocol::Amqp, &about.media, chain, &self.limits, sink);
        self.open.insert((side, channel), Open::Content(id, Box::new(content), length));
        if length == 0 {
            self.end(side, channel, true, sink);
        }
    }

    fn begin(&mut self, side: Side, operation: &str, target: &str, sink: &mut dyn Sink) -> MessageId {
        let id = self.next.take();
        sink.begin(
            id,
            &Head { side, protocol: Protocol::Amqp, operation, target, host: &self.host, answers: None, status: None },
        );
        id
    }

    fn body(&mut self, bytes: &[u8], channel: u16, side: Side, sink: &mut dyn Sink) {
        let Some(Open::Content(_, content, left)) = self.open.get_mut(&(side, channel)) else { return };
        content.push(bytes, sink);
        *left = left.saturating_sub(bytes.len() as u64);
        if *left == 0 {
            self.end(side, channel, true, sink);
        }
    }

    fn lost(&mut self, side: Side, channel: u16, missing: u64, sink: &mut dyn Sink) {
        let Some(Open::Content(_, content, left)) = self.open.get_mut(&(side, channel)) else { return };
        content.lost();
        *left = left.saturating_sub(missing);
        if *left == 0 {
            self.end(side, channel, false, sink);
        }
    }

    fn end(&mut self, side: Side, channel: u16, whole: bool, sink: &mut dyn Sink) {
        if let Some(Open::Content(id, content, _)) = self.open.remove(&(side, channel)) {
            let whole = content.end(whole, sink);
            sink.record(id);
            sink.end(id, whole);
        }
    }

    /// All that a side has open.
    fn cut_short(&mut self, side: Side, sink: &mut dyn Sink) {
        let mut channels: Vec<u16> = self.open.keys().filter(|key| key.0 == side).map(|key| key.1).collect();
        channels.sort_unstable();
        for channel in channels {
            self.end(side, channel, false, sink);
        }
    }
}

/// The head of a frame, if it may be one.
fn head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let (Some(kind), Some(_), Some(length)) = (input.u8(), input.u16(), input.u32()) else {
        return if bytes.first().is_none_or(|kind| matches!(kind, 1 | 2 | 3 | 8)) { Frame::Short } else { Frame::No };
    };
    if matches!(kind, 1 | 2 | 3 | 8) && length <= LARGEST { Frame::Long(length as usize + 8) } else { Frame::No }
}

/// The same, with its end.
fn whole_frame(bytes: &[u8]) -> Frame {
    match head(bytes) {
        Frame::Long(length) if bytes.get(length - 1).is_some_and(|end| *end != END) => Frame::No,
        frame => frame,
    }
}

fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    let known = client.get(..8).unwrap_or(client);
    if known == BEGIN {
        return Certainty::Sure;
    }
    if BEGIN.starts_with(known) && (!client.is_empty() || server.is_empty()) {
        return Certainty::More;
    }
    let middle = |bytes: &[u8]| boundary(bytes, whole_frame) == Some(0);
    if middle(client) || middle(server) { Certainty::Likely } else { Certainty::No }
}
