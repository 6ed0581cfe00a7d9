//! What one side sends, frame by frame.

use super::frame::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, HEAD, HEADERS, PADDED, PUSH_PROMISE, RST_STREAM, SETTINGS,
};
use super::hpack::Decoder;
use super::recognise::PREFACE;
use super::{Http2, block::Block};
use crate::Side;
use crate::gather::Gather;
use crate::message::{Sink, Trouble};

/// A frame that is held whole may be so long.
const WHOLE: usize = 256 << 10;

/// Where a side is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// The client's preface comes.
    Preface,
    /// The head of a frame comes.
    #[default]
    Head,
    /// The payload of a frame comes, which is read as a whole.
    Whole(Frame),
    /// The length of the padding of DATA comes.
    Padding(Frame),
    /// So many bytes of content and then of padding.
    Data { frame: Frame, left: usize, padding: usize },
    /// So many bytes that say nothing.
    Skip(usize),
    /// Somewhere: the head of a frame must be found.
    Lost,
}

/// One side.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) state: State,
    pub(super) gather: Gather,
    pub(super) decoder: Decoder,
    /// A block of fields that other frames go on with.
    pub(super) block: Option<Block>,
}

impl Lane {
    pub(super) fn begin_with_preface(&mut self) {
        self.state = State::Preface;
    }

    pub(super) fn held(&self) -> usize {
        self.gather.held() + self.decoder.held() + self.block.as_ref().map_or(0, Block::held)
    }
}

impl Http2 {
    /// Reads on; each step takes bytes or changes the state.
    pub(super) fn step(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        match self.lanes.of(side).state {
            State::Preface => self.read_preface(side, bytes, sink),
            State::Head => {
                let lane = self.lanes.of(side);
                if let Some(frame) = lane.gather.take(bytes, HEAD).and_then(Frame::read) {
                    self.begin_frame(side, frame, sink);
                }
            }
            State::Padding(frame) => {
                let lane = self.lanes.of(side);
                if let Some(padding) = lane.gather.take(bytes, 1).and_then(|byte| byte.first()).copied() {
                    self.begin_data(side, frame, frame.length - 1, usize::from(padding), sink);
                }
            }
            State::Data { frame, left, padding } => self.read_data(side, (frame, left, padding), bytes, sink),
            State::Skip(left) => {
                let now = left.min(bytes.len());
                *bytes = bytes.get(now..).unwrap_or_default();
                self.lanes.of(side).state = State::Skip(left - now);
            }
            State::Whole(frame) => {
                let mut gather = std::mem::take(&mut self.lanes.of(side).gather);
                if let Some(payload) = gather.take(bytes, frame.length) {
                    self.lanes.of(side).state = State::Head;
                    self.read_whole(side, frame, payload, sink);
                }
                self.lanes.of(side).gather = gather;
            }
            State::Lost => self.find_frame(side, bytes, sink),
        }
        self.settle(side, sink);
    }

    /// Passes what is complete without another byte.
    pub(super) fn settle(&mut self, side: Side, sink: &mut dyn Sink) {
        match self.lanes.of(side).state {
            State::Skip(0) => self.lanes.of(side).state = State::Head,
            State::Data { frame, left: 0, padding } => {
                self.lanes.of(side).state = if padding == 0 { State::Head } else { State::Skip(padding) };
                if frame.has(END_STREAM) {
                    self.streams.end(frame.stream, side, true, sink);
                }
            }
            State::Whole(frame) if frame.length == 0 => {
                self.lanes.of(side).state = State::Head;
                self.read_whole(side, frame, &[], sink);
            }
            _ => {}
        }
    }

    fn read_preface(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        let Some(preface) = lane.gather.take(bytes, PREFACE.len()) else { return };
        if preface == PREFACE {
            lane.state = State::Head;
        } else {
            Http2::trouble(Trouble::Malformed, sink);
            self.lose(side, sink);
        }
    }

    fn begin_frame(&mut self, side: Side, frame: Frame, sink: &mut dyn Sink) {
        let interrupts = self.lanes.of(side).block.as_ref().is_some_and(|block| !block.goes_on_with(frame));
        if interrupts {
            Http2::trouble(Trouble::Malformed, sink);
            self.drop_block(side);
        }
        let reads = matches!(frame.kind, HEADERS | RST_STREAM | SETTINGS | PUSH_PROMISE | CONTINUATION);
        self.lanes.of(side).state = match frame.kind {
            DATA if frame.has(PADDED) && frame.length > 0 => State::Padding(frame),
            DATA => return self.begin_data(side, frame, frame.length, 0, sink),
            _ if reads && frame.length <= WHOLE => State::Whole(frame),
            _ => {
                if reads {
                    Http2::trouble(Trouble::TooLarge, sink);
                    self.drop_block(side);
                }
                State::Skip(frame.length)
            }
        };
    }

    fn begin_data(&mut self, side: Side, frame: Frame, length: usize, padding: usize, sink: &mut dyn Sink) {
        let padding = if padding > length {
            Http2::trouble(Trouble::Malformed, sink);
            0
        } else {
            padding
        };
        self.lanes.of(side).state = State::Data { frame, left: length - padding, padding };
    }

    fn read_data(&mut self, side: Side, data: (Frame, usize, usize), bytes: &mut &[u8], sink: &mut dyn Sink) {
        let (frame, left, padding) = data;
        let (now, rest) = bytes.split_at_checked(left.min(bytes.len())).unwrap_or((bytes, &[]));
        *bytes = rest;
        self.lanes.of(side).state = State::Data { frame, left: left - now.len(), padding };
        if !now.is_empty() {
            self.tell_data(frame.stream, side, now, sink);
        }
    }

    fn read_whole(&mut self, side: Side, frame: Frame, payload: &[u8], sink: &mut dyn Sink) {
        match frame.kind {
            HEADERS | PUSH_PROMISE => match frame.content(payload) {
                Some(content) => self.begin_block(side, frame, content, sink),
                None => {
                    Http2::trouble(Trouble::Malformed, sink);
                    self.drop_block(side);
                }
            },
            CONTINUATION => self.go_on_block(side, frame.has(END_HEADERS), payload, sink),
            RST_STREAM => self.streams.reset(frame.stream, sink),
            SETTINGS if !frame.has(ACK) => self.read_settings(side, payload),
            _ => {}
        }
    }

    /// Of the settings, the size of the table bounds what the other side encodes.
    fn read_settings(&mut self, side: Side, payload: &[u8]) {
        for setting in payload.chunks_exact(6) {
            if let [0, 1, b3, b2, b1, b0] = *setting {
                let size = usize::try_from(u32::from_be_bytes([b3, b2, b1, b0])).unwrap_or(usize::MAX);
                self.lanes.of(side.other()).decoder.agree(size);
            }
        }
    }
}
