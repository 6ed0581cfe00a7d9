//! HTTP/1.0 and 1.1 (RFC 9112).

mod fields;
mod framing;
mod head;
mod lost;
mod recognise;
mod stream;

use std::collections::VecDeque;

use cloister_packet::Transport;

use crate::content::Content;
use crate::conversation::{Conversation, Limits, Progress};
use crate::message::{MessageId, Protocol, Sink, Trouble};
use crate::session::Known;
use crate::{Side, Sides};
use stream::{State, Stream};

/// How HTTP/1 is known.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Http1,
    transport: Transport::Tcp,
    ports: &[80, 3000, 5000, 8000, 8080, 8081, 8888, 9090],
    rejoins: true,
    recognise: recognise::recognise,
    reader: |limits, first| Box::new(Http1::new(limits, first)),
};

/// Reads HTTP/1.
pub(crate) struct Http1 {
    limits: Limits,
    next: MessageId,
    streams: Sides<Stream>,
    /// Requests that were not answered yet.
    asked: VecDeque<Asked>,
    /// What the client said after it asked for another protocol, until the server answers.
    after_upgrade: Vec<u8>,
    /// The answer that changed the protocol.
    switched: Option<Switched>,
}

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    id: MessageId,
    method: Method,
    upgrades: bool,
}

/// What a request's method means for the answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Head,
    Connect,
    Other,
}

/// The protocol that an answer changed to, and what it says about it.
struct Switched {
    protocol: Protocol,
    request: Option<MessageId>,
    extensions: String,
}

impl Http1 {
    pub(crate) fn new(limits: &Limits, first: MessageId) -> Http1 {
        Http1 {
            limits: *limits,
            next: first,
            streams: Sides::default(),
            asked: VecDeque::new(),
            after_upgrade: Vec::new(),
            switched: None,
        }
    }

    /// Whether the client's bytes wait for the answer that says what they are.
    fn waits(&self, side: Side) -> bool {
        side == Side::Client && self.asked.iter().any(|asked| asked.upgrades)
    }

    fn read(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.waits(side) && matches!(self.streams.client.state, State::Head) {
                self.hold_back(rest, sink);
                return Progress::Reads;
            }
            self.step(side, &mut rest, sink);
            if let Some(switched) = &self.switched {
                return Progress::Becomes { protocol: switched.protocol, read: bytes.len() - rest.len() };
            }
            if side == Side::Server && !self.after_upgrade.is_empty() && !self.waits(Side::Client) {
                let held = std::mem::take(&mut self.after_upgrade);
                self.read(Side::Client, &held, sink);
            }
        }
        Progress::Reads
    }

    /// Too much is no longer held back: nobody answers.
    fn hold_back(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        self.after_upgrade.extend_from_slice(bytes);
        if self.after_upgrade.len() > self.limits.head {
            self.forget_upgrades(sink);
        }
    }

    fn forget_upgrades(&mut self, sink: &mut dyn Sink) {
        self.asked.iter_mut().for_each(|asked| asked.upgrades = false);
        let held = std::mem::take(&mut self.after_upgrade);
        self.read(Side::Client, &held, sink);
    }

    fn step(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        match self.streams.of(side).state {
            State::Head => self.read_head(side, bytes, sink),
            State::Lost => self.find_head(side, bytes, sink),
            State::Body(_) => self.read_body(side, bytes, sink),
        }
    }

    fn trouble(trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(Protocol::Http1, trouble);
    }
}

impl Conversation for Http1 {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        self.read(side, bytes, sink)
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        Http1::trouble(Trouble::Gap, sink);
        if !self.streams.of(side).skip(bytes) {
            // Which answer belongs to which request is not known any more.
            self.asked.clear();
            self.after_upgrade.clear();
            self.lose(side, sink);
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        if side == Side::Client && !self.after_upgrade.is_empty() && self.switched.is_none() {
            self.forget_upgrades(sink);
        }
        self.finish_stream(side, sink);
    }

    fn held(&self) -> usize {
        let streams = self.streams.client.held() + self.streams.server.held();
        streams + self.after_upgrade.capacity() + self.asked.len() * size_of::<Asked>()
    }

    fn successor(&mut self, first: MessageId) -> Option<Box<dyn Conversation>> {
        let switched = self.switched.take()?;
        match switched.protocol {
            Protocol::Http2 => Some(Box::new(crate::http2::Http2::upgraded(&self.limits, first, switched.request))),
            Protocol::WebSocket => {
                Some(Box::new(crate::websocket::WebSocket::new(&self.limits, first, &switched.extensions)))
            }
            _ => None,
        }
    }

    fn left(&mut self, side: Side) -> Vec<u8> {
        if side == Side::Client { std::mem::take(&mut self.after_upgrade) } else { Vec::new() }
    }
}

/// A message that is being read.
struct Open {
    id: MessageId,
    /// Most of the time there is none.
    content: Option<Box<Content>>,
    whole: bool,
}
