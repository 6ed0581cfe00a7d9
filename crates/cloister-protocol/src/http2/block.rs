//! Blocks of fields, from one frame or several, and the messages that they begin.

use super::frame::{CONTINUATION, END_HEADERS, END_STREAM, Frame, PUSH_PROMISE};
use super::hpack::Fields;
use super::{Http2, streams::Open};
use crate::Side;
use crate::coding::Chain;
use crate::content::{Content, decoded, query};
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};

/// A block may be so long, from as many frames, as clients and servers take.
const LONGEST: usize = 256 << 10;
const FRAMES: u16 = 64;

/// A block that is not whole yet.
pub(super) struct Block {
    stream: u32,
    promised: Option<u32>,
    ends: bool,
    bytes: Vec<u8>,
    frames: u16,
}

impl Block {
    pub(super) fn goes_on_with(&self, frame: Frame) -> bool {
        frame.kind == CONTINUATION && frame.stream == self.stream
    }

    pub(super) fn held(&self) -> usize {
        self.bytes.capacity()
    }
}

impl Http2 {
    pub(super) fn begin_block(&mut self, side: Side, frame: Frame, content: &[u8], sink: &mut dyn Sink) {
        let (mut content, mut promised) = (content, None);
        if frame.kind == PUSH_PROMISE {
            let Some((number, rest)) = content.split_first_chunk::<4>() else {
                Http2::trouble(Trouble::Malformed, sink);
                return self.drop_block(side);
            };
            (promised, content) = (Some(u32::from_be_bytes(*number) & 0x7fff_ffff), rest);
        }
        let mut block = Block {
            stream: frame.stream,
            promised,
            ends: frame.has(END_STREAM) && promised.is_none(),
            bytes: Vec::new(),
            frames: 1,
        };
        if frame.has(END_HEADERS) {
            return self.take_block(side, &block, content, sink);
        }
        block.bytes = content.to_vec();
        self.lanes.of(side).block = Some(block);
    }

    pub(super) fn go_on_block(&mut self, side: Side, last: bool, content: &[u8], sink: &mut dyn Sink) {
        let Some(mut block) = self.lanes.of(side).block.take() else {
            Http2::trouble(Trouble::Malformed, sink);
            return self.lanes.of(side).decoder.lose();
        };
        block.frames += 1;
        if block.frames > FRAMES || block.bytes.len() + content.len() > LONGEST {
            Http2::trouble(Trouble::TooLarge, sink);
            return self.lanes.of(side).decoder.lose();
        }
        block.bytes.extend_from_slice(content);
        if last {
            let bytes = std::mem::take(&mut block.bytes);
            self.take_block(side, &block, &bytes, sink);
        } else {
            self.lanes.of(side).block = Some(block);
        }
    }

    /// A block is gone: what it would have put into the table is not known.
    pub(super) fn drop_block(&mut self, side: Side) {
        self.lanes.of(side).block = None;
        self.lanes.of(side).decoder.lose();
    }

    fn take_block(&mut self, side: Side, block: &Block, bytes: &[u8], sink: &mut dyn Sink) {
        let (fields, result) = self.lanes.of(side).decoder.decode(bytes, LONGEST);
        if result.is_err() {
            Http2::trouble(Trouble::Malformed, sink);
        }
        if fields.bomb {
            Http2::trouble(Trouble::Bomb, sink);
        }
        if fields.unknown {
            Http2::trouble(Trouble::Gap, sink);
        }
        let stream = block.promised.unwrap_or(block.stream);
        let whole = result.is_ok() && !fields.bomb && !fields.unknown;
        if !self.streams.tell_trailers(stream, side, &fields, sink) {
            self.begin_message(stream, (side, block.promised.is_some()), &fields, whole, sink);
        }
        if block.ends {
            self.streams.end(stream, side, true, sink);
        }
    }

    fn begin_message(&mut self, stream: u32, from: (Side, bool), fields: &Fields, whole: bool, sink: &mut dyn Sink) {
        let (side, promised) = from;
        let request = side == Side::Client || promised;
        let id = self.next.take();
        let status = fields.text(":status").parse().ok();
        let (path, asked) = fields.text(":path").split_once('?').unwrap_or((fields.text(":path"), ""));
        let path = decoded(path.as_bytes(), false);
        let shown = String::from_utf8_lossy(&path);
        let head = Head {
            side,
            protocol: Protocol::Http2,
            operation: if request { fields.text(":method") } else { "response" },
            target: &shown,
            host: Some(fields.text(":authority")).filter(|host| !host.is_empty()).unwrap_or(fields.text("host")),
            answers: if request { None } else { self.streams.request(stream) },
            status,
        };
        sink.begin(id, &head);
        if request {
            if !path.is_empty() {
                sink.value(id, Place::Path, &path, true);
            }
            query(id, asked.as_bytes(), sink);
            self.streams.asked(stream, Some(id));
        }
        for (name, value) in fields.all().filter(|(name, _)| !name.starts_with(b":")) {
            sink.value(id, Place::Header(&String::from_utf8_lossy(name)), value, true);
        }
        let interim = !request && status.is_some_and(|status| status < 200);
        if interim || promised {
            return sink.end(id, whole);
        }
        let content = self.content(id, fields, sink);
        self.streams.open(stream, side, Open { id, content: Some(content), whole }, &self.limits, sink);
    }

    fn content(&self, id: MessageId, fields: &Fields, sink: &mut dyn Sink) -> Content {
        let media = fields.text("content-type");
        let codings = Chain::named(fields.text("content-encoding"), &self.limits);
        let mut content = Content::new(id, Protocol::Http2, media, codings, &self.limits, sink);
        content.code_messages(fields.text("grpc-encoding"));
        content
    }

    /// Content of a stream; one whose head was not seen begins with it.
    pub(super) fn tell_data(&mut self, stream: u32, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        if let Some(content) = self.streams.content(stream, side) {
            return content.push(bytes, sink);
        }
        let id = self.next.take();
        let answers = if side == Side::Server { self.streams.request(stream) } else { None };
        let head = Head { side, protocol: Protocol::Http2, operation: "", target: "", host: "", answers, status: None };
        sink.begin(id, &head);
        let mut content = Content::new(id, Protocol::Http2, "", Ok(Chain::default()), &self.limits, sink);
        content.push(bytes, sink);
        self.streams.open(stream, side, Open { id, content: Some(content), whole: false }, &self.limits, sink);
    }
}
