//! After a gap or a lie: the next head is looked for, and what lies before it
//! is text.

use super::framing::Framing;
use super::recognise::METHODS;
use super::{Http1, Open, State};
use crate::Side;
use crate::message::{Head, Place, Protocol, Sink};

/// As long a line as is looked at for the beginning of a head.
const LINE: usize = 8 << 10;

impl Http1 {
    /// The way of a side is lost: what was open of it ends.
    pub(super) fn lose(&mut self, side: Side, sink: &mut dyn Sink) {
        self.end_message(side, false, sink);
        let stream = self.streams.of(side);
        stream.state = State::Lost;
        let waits = stream.gather.bytes().to_vec();
        stream.gather.clear();
        self.tell_lost(side, &waits, sink);
    }

    /// Looks for the line that begins a head.
    pub(super) fn find_head(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let mut line = std::mem::take(&mut self.streams.of(side).line);
        let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
        let (now, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        line.extend_from_slice(now);
        *bytes = rest;
        if !line.ends_with(b"\n") {
            if line.len() > LINE {
                self.tell_lost(side, &line, sink);
            } else {
                self.streams.of(side).line = line;
            }
            return;
        }
        match start(side, &line).and_then(|at| line.split_at_checked(at)) {
            None => self.tell_lost(side, &line, sink),
            Some((before, head)) => {
                self.tell_lost(side, before, sink);
                self.end_message(side, false, sink);
                let mut head = head;
                self.read_head(side, &mut head, sink);
            }
        }
    }

    pub(super) fn tell_lost(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        if bytes.is_empty() {
            return;
        }
        let id = match &self.streams.of(side).open {
            Some(open) => open.id,
            None => {
                let (id, protocol) = (self.next.take(), Protocol::Http1);
                sink.begin(
                    id,
                    &Head { side, protocol, operation: "", target: "", host: "", answers: None, status: None },
                );
                self.streams.of(side).open = Some(Open { id, content: None, whole: false });
                id
            }
        };
        sink.value(id, Place::Text, bytes, true);
    }

    pub(super) fn finish_stream(&mut self, side: Side, sink: &mut dyn Sink) {
        let line = std::mem::take(&mut self.streams.of(side).line);
        let waits = self.streams.of(side).gather.bytes().to_vec();
        if let State::Body(framing) = self.streams.of(side).state {
            self.end_message(side, framing == Framing::Close, sink);
        } else {
            self.tell_lost(side, &[waits, line].concat(), sink);
            self.end_message(side, false, sink);
        }
        self.streams.of(side).gather.clear();
    }
}

/// Where in the line a head begins; the end of a body may stand before it.
fn start(side: Side, line: &[u8]) -> Option<usize> {
    let version = memchr::memmem::rfind(line, b"HTTP/1.")?;
    if side == Side::Server {
        let status = line.get(version + 8..version + 12)?;
        let is_status = matches!(status, [b' ', b'1'..=b'5', second, third]
            if second.is_ascii_digit() && third.is_ascii_digit());
        return is_status.then_some(version);
    }
    let before = line.get(..version)?.strip_suffix(b" ")?;
    let target = |at: usize, method: &[u8]| {
        let next = line.get(at + method.len())?;
        matches!(next, b'/' | b'h' | b'*').then_some(at)
    };
    METHODS.iter().filter_map(|method| target(memchr::memmem::rfind(before, method)?, method)).max()
}
