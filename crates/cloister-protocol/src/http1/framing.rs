//! How long a body is (RFC 9112 section 6), and the way through it.

use super::fields::Fields;
use super::{Http1, Method, State};
use crate::Side;
use crate::gather::Line;
use crate::message::{Place, Sink, Trouble};

/// Where in a body a side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    /// The line with a chunk's size comes.
    ChunkSize,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The end of the line after a chunk.
    ChunkEnd,
    /// Fields after the last chunk.
    Trailers,
    /// Until the connection ends.
    Close,
}

impl Framing {
    /// Of a request; what is lied about is counted.
    pub(super) fn of_request(fields: &Fields<'_>, troubles: &mut Vec<Trouble>) -> Option<Framing> {
        match (fields.chunked(troubles), fields.length(troubles)) {
            (Some(true), _) => Some(Framing::ChunkSize),
            (Some(false), _) => {
                troubles.push(Trouble::Malformed);
                Some(Framing::Close)
            }
            (None, Some(0) | None) => None,
            (None, Some(length)) => Some(Framing::Length(length)),
        }
    }

    /// Of an answer to a request with that method.
    pub(super) fn of_answer(
        status: u16,
        method: Method,
        fields: &Fields<'_>,
        troubles: &mut Vec<Trouble>,
    ) -> Option<Framing> {
        if method == Method::Head || matches!(status, 100..=199 | 204 | 304) {
            return None;
        }
        match (fields.chunked(troubles), fields.length(troubles)) {
            (Some(true), _) => Some(Framing::ChunkSize),
            (Some(false), _) | (None, None) => Some(Framing::Close),
            (None, Some(0)) => None,
            (None, Some(length)) => Some(Framing::Length(length)),
        }
    }

    /// Passes over bytes that were not seen, where it is sure what follows.
    pub(super) fn skip(&mut self, bytes: u64) -> bool {
        match self {
            Framing::Length(left) | Framing::Chunk(left) if *left > bytes => *left -= bytes,
            Framing::Close => {}
            _ => return false,
        }
        true
    }
}

impl Http1 {
    pub(super) fn read_body(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let State::Body(framing) = self.streams.of(side).state else { return };
        match framing {
            Framing::Length(left) => match self.pass(side, left, true, bytes, sink) {
                0 => self.end_message(side, true, sink),
                left => self.streams.of(side).state = State::Body(Framing::Length(left)),
            },
            Framing::Chunk(left) => {
                let next = match self.pass(side, left, false, bytes, sink) {
                    0 => Framing::ChunkEnd,
                    left => Framing::Chunk(left),
                };
                self.streams.of(side).state = State::Body(next);
            }
            Framing::Close => {
                self.pass(side, u64::MAX, false, bytes, sink);
            }
            Framing::ChunkSize | Framing::ChunkEnd | Framing::Trailers => self.read_line(side, framing, bytes, sink),
        }
    }

    /// Tells content, at most so much, and whether that is all of it; how much is left.
    fn pass(&mut self, side: Side, left: u64, all: bool, bytes: &mut &[u8], sink: &mut dyn Sink) -> u64 {
        let now = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let (content, rest) = bytes.split_at_checked(now).unwrap_or((bytes, &[]));
        *bytes = rest;
        if let Some(open) = self.streams.of(side).open.as_mut().and_then(|open| open.content.as_mut()) {
            if all && now as u64 == left { open.push_last(content, sink) } else { open.push(content, sink) }
        }
        left - now as u64
    }

    fn read_line(&mut self, side: Side, framing: Framing, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let stream = self.streams.of(side);
        let line = match stream.gather.line(bytes, self.limits.head) {
            Line::More => return,
            Line::TooLong => {
                Http1::trouble(Trouble::TooLarge, sink);
                return self.lose(side, sink);
            }
            Line::Whole(line) => line,
        };
        let next = match framing {
            Framing::ChunkEnd if line.is_empty() => Some(Framing::ChunkSize),
            Framing::ChunkSize => {
                chunk_size(line).map(|size| if size == 0 { Framing::Trailers } else { Framing::Chunk(size) })
            }
            Framing::Trailers if !line.is_empty() => {
                let line = line.to_vec();
                self.tell_trailer(side, &line, sink);
                return;
            }
            _ => None,
        };
        match (next, framing) {
            (Some(next), _) => self.streams.of(side).state = State::Body(next),
            (None, Framing::Trailers) => self.end_message(side, true, sink),
            (None, _) => {
                let line = line.to_vec();
                Http1::trouble(Trouble::Malformed, sink);
                self.lose(side, sink);
                self.tell_lost(side, &line, sink);
            }
        }
    }

    fn tell_trailer(&mut self, side: Side, line: &[u8], sink: &mut dyn Sink) {
        let Some(open) = self.streams.of(side).open.as_mut() else { return };
        if let Some(content) = open.content.take() {
            open.whole &= content.end(true, sink);
        }
        if let Some(colon) = memchr::memchr(b':', line) {
            let (name, value) = line.split_at_checked(colon).unwrap_or_default();
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            sink.value(open.id, Place::Header(&name), value, true);
        }
    }
}

/// The size of a chunk; its extensions mean nothing.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|byte| *byte == b';').unwrap_or(line.len());
    let digits = line.get(..end)?.trim_ascii();
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
