//! The streams of a connection: a request and its answer each.

use std::collections::BTreeMap;

use super::Http2;
use super::hpack::Fields;
use crate::content::Content;
use crate::conversation::Limits;
use crate::message::{MessageId, Place, Sink, Trouble};
use crate::{Side, Sides};

/// A message that is being read.
pub(super) struct Open {
    pub(super) id: MessageId,
    pub(super) content: Option<Content>,
    pub(super) whole: bool,
}

impl Open {
    fn end(self, whole: bool, sink: &mut dyn Sink) {
        let whole = whole && self.whole;
        let whole = self.content.map_or(whole, |content| content.end(whole, sink));
        sink.end(self.id, whole);
    }
}

#[derive(Default)]
struct Stream {
    request: Option<MessageId>,
    open: Sides<Option<Open>>,
    ended: Sides<bool>,
}

/// All that are open.
#[derive(Default)]
pub(super) struct Streams {
    streams: BTreeMap<u32, Stream>,
}

impl Streams {
    /// The request of a stream, for its answer.
    pub(super) fn request(&self, stream: u32) -> Option<MessageId> {
        self.streams.get(&stream)?.request
    }

    /// A stream has this request.
    pub(super) fn asked(&mut self, stream: u32, request: Option<MessageId>) {
        self.streams.entry(stream).or_default().request = request;
    }

    /// Keeps a message open; where there are too many streams, the oldest goes.
    pub(super) fn open(&mut self, stream: u32, side: Side, open: Open, limits: &Limits, sink: &mut dyn Sink) {
        let entry = self.streams.entry(stream).or_default();
        if let Some(before) = entry.open.of(side).replace(open) {
            before.end(false, sink);
        }
        if self.streams.len() > limits.open
            && let Some(oldest) = self.streams.keys().copied().find(|other| *other != stream)
        {
            if self.streams.get(&oldest).is_some_and(|old| old.open.client.is_some() || old.open.server.is_some()) {
                Http2::trouble(Trouble::TooLarge, sink);
            }
            self.reset(oldest, sink);
        }
    }

    pub(super) fn content(&mut self, stream: u32, side: Side) -> Option<&mut Content> {
        self.streams.get_mut(&stream)?.open.of(side).as_mut()?.content.as_mut()
    }

    /// Fields after the content; false where no message is open.
    pub(super) fn tell_trailers(&mut self, stream: u32, side: Side, fields: &Fields, sink: &mut dyn Sink) -> bool {
        let Some(open) = self.streams.get_mut(&stream).and_then(|stream| stream.open.of(side).as_mut()) else {
            return false;
        };
        if let Some(content) = open.content.take() {
            open.whole &= content.end(open.whole, sink);
        }
        for (name, value) in fields.all().filter(|(name, _)| !name.starts_with(b":")) {
            sink.value(open.id, Place::Header(&String::from_utf8_lossy(name)), value, true);
        }
        true
    }

    /// A side says no more on a stream.
    pub(super) fn end(&mut self, stream: u32, side: Side, whole: bool, sink: &mut dyn Sink) {
        let Some(entry) = self.streams.get_mut(&stream) else { return };
        *entry.ended.of(side) = true;
        let open = entry.open.of(side).take();
        let done = entry.ended.server && entry.open.client.is_none();
        if let Some(open) = open {
            open.end(whole, sink);
        }
        if done {
            self.streams.remove(&stream);
        }
    }

    /// A stream is broken off.
    pub(super) fn reset(&mut self, stream: u32, sink: &mut dyn Sink) {
        let Some(entry) = self.streams.remove(&stream) else { return };
        for open in [entry.open.client, entry.open.server].into_iter().flatten() {
            open.end(false, sink);
        }
    }

    /// Bytes of a side are missing: all that it has open may miss some.
    pub(super) fn lose(&mut self, side: Side) {
        for stream in self.streams.values_mut() {
            if let Some(open) = stream.open.of(side) {
                open.whole = false;
                if let Some(content) = &mut open.content {
                    content.lost();
                }
            }
        }
    }

    /// Bytes in one frame are missing.
    pub(super) fn lose_in(&mut self, stream: u32, side: Side) {
        if let Some(open) = self.streams.get_mut(&stream).and_then(|stream| stream.open.of(side).as_mut()) {
            open.whole = false;
            if let Some(content) = &mut open.content {
                content.lost();
            }
        }
    }

    pub(super) fn end_all(&mut self, side: Side, sink: &mut dyn Sink) {
        for stream in self.streams.values_mut() {
            if let Some(open) = stream.open.of(side).take() {
                open.end(false, sink);
            }
        }
    }

    pub(super) fn held(&self) -> usize {
        let open = self.streams.values().flat_map(|stream| [&stream.open.client, &stream.open.server]).flatten();
        let contents: usize = open.filter_map(|open| open.content.as_ref()).map(Content::held).sum();
        contents + self.streams.len() * size_of::<Stream>()
    }
}
