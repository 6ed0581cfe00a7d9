//! HTTP/2 (RFC 9113), with gRPC in it.

mod block;
mod frame;
mod hpack;
mod lane;
mod lost;
mod recognise;
mod streams;

use cloister_packet::Transport;

use crate::conversation::{Conversation, Limits, Progress};
use crate::message::{MessageId, Protocol, Sink, Trouble};
use crate::session::Known;
use crate::{Side, Sides};
use lane::Lane;
use streams::Streams;

/// How HTTP/2 is known.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Http2,
    transport: Transport::Tcp,
    ports: &[50051, 50052, 9000],
    rejoins: true,
    recognise: recognise::recognise,
    reader: |limits, first| Box::new(Http2::new(limits, first)),
};

/// Reads HTTP/2.
pub(crate) struct Http2 {
    limits: Limits,
    next: MessageId,
    lanes: Sides<Lane>,
    streams: Streams,
}

impl Http2 {
    pub(crate) fn new(limits: &Limits, first: MessageId) -> Http2 {
        let mut lanes = Sides::<Lane>::default();
        lanes.client.begin_with_preface();
        Http2 { limits: *limits, next: first, lanes, streams: Streams::default() }
    }

    /// After an upgrade from HTTP/1, whose request is stream 1.
    pub(crate) fn upgraded(limits: &Limits, first: MessageId, request: Option<MessageId>) -> Http2 {
        let mut http = Http2::new(limits, first);
        http.streams.asked(1, request);
        http
    }

    fn trouble(trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(Protocol::Http2, trouble);
    }
}

impl Conversation for Http2 {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            self.step(side, &mut bytes, sink);
        }
        self.settle(side, sink);
        Progress::Reads
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        Http2::trouble(Trouble::Gap, sink);
        self.skip(side, bytes, sink);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        self.finish_lane(side);
        self.streams.end_all(side, sink);
    }

    fn held(&self) -> usize {
        self.lanes.client.held() + self.lanes.server.held() + self.streams.held()
    }
}
