//! After a gap: bodies go on where a frame is known, and the head of the next
//! frame is looked for where none is. Tables of fields are not known then.

use super::Http2;
use super::frame::{Frame, HEAD};
use super::lane::State;
use crate::Side;
use crate::message::{Head, Place, Protocol, Sink};

impl Http2 {
    /// So many bytes of a side were not seen.
    pub(super) fn skip(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        match &mut self.lanes.of(side).state {
            State::Data { frame, left, .. } if *left > bytes && bytes > 0 => {
                *left -= bytes;
                let stream = frame.stream;
                self.streams.lose_in(stream, side);
            }
            State::Skip(left) if *left > bytes && bytes > 0 => *left -= bytes,
            _ => self.lose(side, sink),
        }
    }

    /// The way of a side is lost.
    pub(super) fn lose(&mut self, side: Side, sink: &mut dyn Sink) {
        self.drop_block(side);
        self.streams.lose(side);
        let lane = self.lanes.of(side);
        lane.state = State::Lost;
        let waits = lane.gather.bytes().to_vec();
        lane.gather.clear();
        self.tell_lost(side, &waits, sink);
    }

    /// Looks for the head of a frame from which others follow.
    pub(super) fn find_frame(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let found = (0..bytes.len()).find(|at| bytes.get(*at..).is_some_and(leads_on));
        let (before, rest) = bytes.split_at_checked(found.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
        *bytes = rest;
        self.tell_lost(side, before, sink);
        if found.is_some() {
            self.lanes.of(side).state = State::Head;
        }
    }

    fn tell_lost(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        if bytes.is_empty() {
            return;
        }
        let (id, protocol) = (self.next.take(), Protocol::Http2);
        sink.begin(id, &Head { side, protocol, operation: "", target: "", host: "", answers: None, status: None });
        sink.value(id, Place::Text, bytes, true);
        sink.end(id, false);
    }

    pub(super) fn finish_lane(&mut self, side: Side) {
        let lane = self.lanes.of(side);
        let cut = matches!(lane.state, State::Whole(_) | State::Data { .. }) || lane.gather.waits();
        lane.gather.clear();
        lane.block = None;
        if cut {
            self.streams.lose(side);
        }
    }
}

/// Whether frames follow one another from here to the end, two at least, or one that ends exactly there.
fn leads_on(bytes: &[u8]) -> bool {
    let (mut rest, mut frames) = (bytes, 0);
    while let Some(frame) = Frame::read(rest) {
        if !frame.is_plausible() {
            return false;
        }
        frames += 1;
        match rest.get(HEAD + frame.length..) {
            Some([]) => return true,
            Some(after) => rest = after,
            None => return frames > 1,
        }
    }
    frames > 1
}
