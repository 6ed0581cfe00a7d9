//! MongoDB ("MongoDB Wire Protocol" of its documentation): commands and answers in OP_MSG, also compressed, and the old
//! OP_QUERY that connections begin with. Values are told by the dotted name that they have within their document.

mod bson;
mod content;

use std::collections::HashMap;

use content::Content;

use crate::coding::{Coding, Unpack};
use crate::input::{Hold, Input, Step};
use crate::seek::{Frame, Reach, boundary, seek};
use crate::session::{Certainty, Known};
use crate::{Conversation, Limits, MessageId, Progress, Protocol, Side, Sides, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::MongoDb,
    transport: Transport::Tcp,
    ports: &[27017],
    rejoins: true,
    recognise,
    reader: MongoDb::boxed,
};

/// Operations.
const REPLY: u32 = 1;
const QUERY: u32 = 2004;
const COMPRESSED: u32 = 2012;
const MSG: u32 = 2013;

/// The largest message that a server takes (`maxMessageSizeBytes`).
const LARGEST: u32 = 48_000_000 + 16 * 1024;
/// How far the next message is looked for after a gap.
const REACH: Reach = Reach { window: 8192, again: 16, most: 1 << 20 };

/// A command that waits for its answer.
#[derive(Clone, Debug)]
struct Asked {
    id: MessageId,
    command: String,
    target: String,
}

/// What both sides know.
struct Shared {
    limits: Limits,
    next: MessageId,
    database: String,
    asked: HashMap<u32, Asked>,
}

impl Shared {
    fn ask(&mut self, number: u32, asked: Asked) {
        if self.asked.len() >= self.limits.open {
            self.asked.clear();
        }
        self.asked.insert(number, asked);
    }
}

#[derive(Default)]
enum State {
    #[default]
    Head,
    /// The head of what is compressed: what is left of the message, its number, and what it answers.
    Packed(u64, u32, u32),
    Body(u64, Box<(Content, Unpack)>),
    Skip(u64),
    Seek(usize),
}

#[derive(Default)]
struct Lane {
    hold: Hold,
    state: State,
}

/// Reads a conversation with MongoDB.
pub(crate) struct MongoDb {
    lanes: Sides<Lane>,
    shared: Shared,
}

impl MongoDb {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        let shared = Shared { limits: *limits, next: first, database: String::new(), asked: HashMap::new() };
        Box::new(MongoDb { lanes: Sides::default(), shared })
    }
}

impl Conversation for MongoDb {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let MongoDb { lanes, shared } = self;
        let Lane { hold, state } = lanes.of(side);
        hold.feed(bytes, 64 << 10, |input| step(state, input, side, shared, sink))
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::MongoDb, Trouble::Gap);
        let lane = self.lanes.of(side);
        let missing = bytes.saturating_add(lane.hold.forget() as u64);
        let left = match std::mem::take(&mut lane.state) {
            State::Head => Some(0),
            State::Packed(left, ..) | State::Skip(left) => Some(left),
            State::Body(left, body) => {
                body.0.finish(false, &mut self.shared, sink);
                Some(left)
            }
            State::Seek(_) => None,
        };
        let rest = left.and_then(|left| left.checked_sub(missing)).filter(|left| *left > 0);
        lane.state = rest.map_or(State::Seek(0), State::Skip);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        lane.hold.forget();
        if let State::Body(_, body) = std::mem::take(&mut lane.state) {
            body.0.finish(false, &mut self.shared, sink);
        }
    }

    fn held(&self) -> usize {
        let lane = |lane: &Lane| {
            let body = match &lane.state {
                State::Body(_, body) => body.0.held() + body.1.held(),
                _ => 0,
            };
            lane.hold.held() + body
        };
        lane(&self.lanes.client) + lane(&self.lanes.server) + self.shared.asked.len() * 128
    }
}

fn step(state: &mut State, input: &mut Input<'_>, side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
    match std::mem::take(state) {
        State::Head => {
            let mut look = *input;
            let [Some(length), Some(number), Some(answers), Some(code)] =
                [look.u32_le(), look.u32_le(), look.u32_le(), look.u32_le()]
            else {
                return Step::Wait;
            };
            if !(16..=LARGEST).contains(&length) {
                sink.trouble(Protocol::MongoDb, Trouble::Malformed);
                *state = State::Seek(0);
                return Step::Again;
            }
            *input = look;
            let left = u64::from(length) - 16;
            *state = match code {
                COMPRESSED => State::Packed(left, number, answers),
                MSG | QUERY | REPLY => {
                    State::Body(left, body(side, code, number, left, answers, Unpack::Plain, shared))
                }
                _ => {
                    sink.trouble(Protocol::MongoDb, Trouble::Unsupported);
                    State::Skip(left)
                }
            };
            Step::Again
        }
        State::Packed(left, number, answers) => packed(state, input, side, (left, number, answers), shared, sink),
        State::Body(left, mut body) => {
            let bytes = input.some(left);
            let left = left - bytes.len() as u64;
            if bytes.is_empty() && left > 0 {
                *state = State::Body(left, body);
                return Step::Wait;
            }
            let (content, unpack) = body.as_mut();
            let mut reads = true;
            let result = unpack.push(bytes, &mut |piece| reads = reads && content.push(piece, shared, sink));
            let trouble = if reads { result.err() } else { Some(Trouble::Malformed) };
            if let Some(trouble) = trouble {
                sink.trouble(Protocol::MongoDb, trouble);
            }
            if trouble.is_some() || left == 0 {
                body.0.finish(trouble.is_none(), shared, sink);
                *state = if left == 0 { State::Head } else { State::Skip(left) };
            } else {
                *state = State::Body(left, body);
            }
            Step::Again
        }
        State::Skip(left) => {
            let left = left - input.some(left).len() as u64;
            *state = if left == 0 { State::Head } else { State::Skip(left) };
            if left == 0 { Step::Again } else { Step::Wait }
        }
        State::Seek(seen) => {
            let sought = seek(input, seen, REACH, |window| boundary(window, head));
            sought.step(state, State::Head, State::Seek)
        }
    }
}

fn body(
    side: Side,
    code: u32,
    number: u32,
    length: u64,
    answers: u32,
    unpack: Unpack,
    shared: &mut Shared,
) -> Box<(Content, Unpack)> {
    let asked = if side == Side::Server { shared.asked.remove(&answers) } else { None };
    Box::new((Content::new(side, code, number, length, asked), unpack))
}

fn packed(
    state: &mut State,
    input: &mut Input<'_>,
    side: Side,
    (left, number, answers): (u64, u32, u32),
    shared: &mut Shared,
    sink: &mut dyn Sink,
) -> Step {
    let mut look = *input;
    let (Some(code), Some(length), Some(coding)) = (look.u32_le(), look.u32_le(), look.u8()) else {
        *state = State::Packed(left, number, answers);
        return Step::Wait;
    };
    *input = look;
    let Some(left) = left.checked_sub(9) else {
        sink.trouble(Protocol::MongoDb, Trouble::Malformed);
        *state = State::Seek(0);
        return Step::Again;
    };
    let unpack = match coding {
        0 => Unpack::Plain,
        1 => Unpack::snappy(false, &shared.limits),
        2 => Unpack::other(Coding::Deflate, &shared.limits),
        3 => Unpack::other(Coding::Zstd, &shared.limits),
        _ => {
            sink.trouble(Protocol::MongoDb, Trouble::Unsupported);
            *state = State::Skip(left);
            return Step::Again;
        }
    };
    *state = State::Body(left, body(side, code, number, length.into(), answers, unpack, shared));
    Step::Again
}

/// A head, if it may be one.
fn head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let [Some(length), Some(_), Some(_), Some(code)] = [input.u32_le(), input.u32_le(), input.u32_le(), input.u32_le()]
    else {
        return Frame::Short;
    };
    if (21..=LARGEST).contains(&length) && matches!(code, REPLY | QUERY | COMPRESSED | MSG) {
        Frame::Long(length as usize)
    } else {
        Frame::No
    }
}

fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match head(client) {
        // A reply is the server's to give.
        Frame::Long(_) if client.get(12..16) != Some(&REPLY.to_le_bytes()) => Certainty::Sure,
        Frame::Short if client.is_empty() && server.is_empty() => Certainty::More,
        Frame::Short if !client.is_empty() && client.get(3).is_none_or(|high| *high < 3) => Certainty::More,
        _ => Certainty::No,
    }
}
