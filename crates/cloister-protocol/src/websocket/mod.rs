//! WebSocket (RFC 6455), with messages compressed as RFC 7692 has it.

mod frame;
mod lane;

use crate::coding::{Coding, Decoder};
use crate::conversation::{Conversation, Limits, Progress};
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};
use crate::{Side, Sides};
use lane::Lane;

/// Reads WebSocket after its handshake.
pub(crate) struct WebSocket {
    limits: Limits,
    next: MessageId,
    lanes: Sides<Lane>,
    /// Whether each message of a side is compressed by itself; None where none is.
    deflate: Option<Sides<bool>>,
}

impl WebSocket {
    /// `extensions`: what the server took of those offered.
    pub(crate) fn new(limits: &Limits, first: MessageId, extensions: &str) -> WebSocket {
        let deflate = extensions.split(',').find(|offer| offer.trim_start().starts_with("permessage-deflate"));
        let deflate = deflate.map(|taken| Sides {
            client: taken.contains("client_no_context_takeover"),
            server: taken.contains("server_no_context_takeover"),
        });
        WebSocket { limits: *limits, next: first, lanes: Sides::default(), deflate }
    }

    fn trouble(trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(Protocol::WebSocket, trouble);
    }

    fn begin(&mut self, side: Side, operation: &str, sink: &mut dyn Sink) -> MessageId {
        let (id, protocol) = (self.next.take(), Protocol::WebSocket);
        sink.begin(id, &Head { side, protocol, operation, target: "", host: "", answers: None, status: None });
        id
    }

    /// Something short that is a message of its own.
    fn tell_control(&mut self, side: Side, operation: &str, bytes: &[u8], sink: &mut dyn Sink) {
        if !bytes.is_empty() {
            let id = self.begin(side, operation, sink);
            sink.value(id, Place::Text, bytes, true);
            sink.end(id, true);
        }
    }

    /// A decoder for the next message of a side that is compressed.
    fn decoder(&mut self, side: Side) -> Option<Decoder> {
        let deflate = self.deflate?;
        let kept = self.lanes.of(side).decoder.take();
        match kept {
            Some(mut decoder) => {
                decoder.again();
                if *deflate.get(side) {
                    decoder.reset();
                }
                Some(decoder)
            }
            // After a gap there is none, and what came before is needed.
            None if self.lanes.get(side).gaps && !deflate.get(side) => None,
            None => Some(Decoder::new(Coding::Raw, &self.limits)),
        }
    }
}

impl Conversation for WebSocket {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            self.step(side, &mut bytes, sink);
        }
        Progress::Reads
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        WebSocket::trouble(Trouble::Gap, sink);
        self.skip(side, bytes, sink);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        self.end_message(side, false, sink);
    }

    fn held(&self) -> usize {
        self.lanes.client.held() + self.lanes.server.held()
    }
}
