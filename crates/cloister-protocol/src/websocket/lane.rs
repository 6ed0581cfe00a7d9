//! What one side sends, frame by frame.

use super::WebSocket;
use super::frame::{CLOSE, CONTINUATION, Frame, PING, TEXT, head_length, leads_on};
use crate::Side;
use crate::coding::Decoder;
use crate::gather::Gather;
use crate::message::{MessageId, Place, Sink, Trouble};

/// Where a side is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// The head of a frame comes.
    #[default]
    Head,
    /// The payload of a control frame comes.
    Control(Frame),
    /// So many bytes of content, the first of which takes this byte of the mask.
    Data { frame: Frame, left: u64, turn: usize },
    /// Somewhere.
    Lost,
}

/// A message that is being read.
struct Open {
    id: MessageId,
    text: bool,
    whole: bool,
    /// It is compressed; None once it cannot be read on.
    compressed: Option<Option<Decoder>>,
}

/// One side.
#[derive(Default)]
pub(super) struct Lane {
    state: State,
    gather: Gather,
    open: Option<Open>,
    /// What the next compressed message goes on with.
    pub(super) decoder: Option<Decoder>,
    /// Bytes are missing.
    pub(super) gaps: bool,
    unmasked: Vec<u8>,
}

/// What the sender of a compressed message left out of it.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// So much is unmasked at a time.
const PIECE: usize = 16 << 10;

impl Lane {
    pub(super) fn held(&self) -> usize {
        let decoder = |decoder: &Option<Decoder>| decoder.as_ref().map_or(0, Decoder::held);
        let open = self.open.as_ref().and_then(|open| open.compressed.as_ref()).map_or(0, decoder);
        self.gather.held() + decoder(&self.decoder) + open + self.unmasked.capacity()
    }
}

impl WebSocket {
    pub(super) fn step(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        match self.lanes.of(side).state {
            State::Head => self.read_head(side, bytes, sink),
            State::Control(frame) => self.read_control(side, frame, bytes, sink),
            State::Data { frame, left, turn } => self.read_data(side, (frame, left, turn), bytes, sink),
            State::Lost => {
                if leads_on(side, bytes) {
                    self.lanes.of(side).state = State::Head;
                } else {
                    self.tell_control(side, "", std::mem::take(bytes), sink);
                }
            }
        }
    }

    fn read_head(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let gather = &mut self.lanes.of(side).gather;
        let Some(length) = gather.peek(bytes, 2).and_then(|head| head.get(1)).map(|second| head_length(*second)) else {
            return;
        };
        let Some(frame) = gather.take(bytes, length).and_then(Frame::read) else { return };
        if !frame.is_lawful() {
            WebSocket::trouble(Trouble::Malformed, sink);
            return self.lose(side, sink);
        }
        if frame.is_control() {
            self.lanes.of(side).state = State::Control(frame);
            if frame.length == 0 {
                self.lanes.of(side).state = State::Head;
            }
            return;
        }
        self.begin_frame(side, frame, sink);
        self.lanes.of(side).state = State::Data { frame, left: frame.length, turn: 0 };
        if frame.length == 0 {
            self.end_frame(side, frame, sink);
        }
    }

    /// The first frame of a message begins it.
    fn begin_frame(&mut self, side: Side, frame: Frame, sink: &mut dyn Sink) {
        let goes_on = frame.opcode == CONTINUATION;
        if goes_on == self.lanes.get(side).open.is_some() && goes_on {
            return;
        }
        if goes_on != self.lanes.get(side).open.is_some() {
            WebSocket::trouble(Trouble::Malformed, sink);
            self.end_message(side, false, sink);
        }
        let text = frame.opcode == TEXT;
        let id = self.begin(side, if text { "text" } else { "binary" }, sink);
        let compressed = frame.compressed.then(|| self.decoder(side));
        if matches!(compressed, Some(None)) {
            WebSocket::trouble(Trouble::Undecodable, sink);
        }
        let whole = !goes_on && !matches!(compressed, Some(None));
        self.lanes.of(side).open = Some(Open { id, text, whole, compressed });
    }

    fn read_control(&mut self, side: Side, frame: Frame, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let length = usize::try_from(frame.length).unwrap_or_default();
        let Some(payload) = self.lanes.of(side).gather.take(bytes, length) else { return };
        let mut payload = payload.to_vec();
        unmask(&mut payload, frame.mask, 0);
        self.lanes.of(side).state = State::Head;
        match frame.opcode {
            CLOSE => self.tell_control(side, "close", payload.get(2..).unwrap_or_default(), sink),
            PING => self.tell_control(side, "ping", &payload, sink),
            _ => self.tell_control(side, "pong", &payload, sink),
        }
    }

    fn read_data(&mut self, side: Side, data: (Frame, u64, usize), bytes: &mut &[u8], sink: &mut dyn Sink) {
        let (frame, left, turn) = data;
        let now = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len()).min(PIECE);
        let (coded, rest) = bytes.split_at_checked(now).unwrap_or((bytes, &[]));
        *bytes = rest;
        let left = left - now as u64;
        let lane = self.lanes.of(side);
        lane.state = State::Data { frame, left, turn: (turn + now) % 4 };
        if frame.mask == [0; 4] {
            lane.tell(coded, sink);
        } else {
            let mut unmasked = std::mem::take(&mut lane.unmasked);
            unmasked.clear();
            unmasked.extend_from_slice(coded);
            unmask(&mut unmasked, frame.mask, turn);
            lane.tell(&unmasked, sink);
            lane.unmasked = unmasked;
        }
        if left == 0 {
            self.end_frame(side, frame, sink);
        }
    }

    fn end_frame(&mut self, side: Side, frame: Frame, sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        lane.state = State::Head;
        if frame.last {
            if lane.open.as_ref().is_some_and(|open| open.compressed.is_some()) {
                lane.tell(&TAIL, sink);
            }
            self.end_message(side, true, sink);
        }
    }

    pub(super) fn end_message(&mut self, side: Side, whole: bool, sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        lane.unmasked = Vec::new();
        let Some(open) = lane.open.take() else { return };
        if let Some(decoder) = open.compressed {
            lane.decoder = decoder;
            lane.gaps |= lane.decoder.is_none();
        }
        sink.value(open.id, place(open.text), &[], true);
        sink.end(open.id, whole && open.whole);
    }

    /// So many bytes of a side were not seen.
    pub(super) fn skip(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) {
        let lane = self.lanes.of(side);
        lane.gaps = true;
        lane.decoder = None;
        if let State::Data { left, turn, .. } = &mut lane.state
            && *left > bytes
        {
            *left -= bytes;
            *turn = (*turn + usize::try_from(bytes % 4).unwrap_or_default()) % 4;
            if let Some(open) = &mut lane.open {
                open.whole = false;
                open.compressed = open.compressed.take().map(|_| None);
            }
        } else {
            self.lose(side, sink);
        }
    }

    fn lose(&mut self, side: Side, sink: &mut dyn Sink) {
        self.end_message(side, false, sink);
        let lane = self.lanes.of(side);
        (lane.state, lane.gaps, lane.decoder) = (State::Lost, true, None);
        lane.gather.clear();
    }
}

impl Lane {
    fn tell(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let Some(open) = &mut self.open else { return };
        let (id, place) = (open.id, place(open.text));
        match &mut open.compressed {
            None => sink.value(id, place, bytes, false),
            Some(None) => {}
            Some(Some(decoder)) => {
                if let Err(trouble) = decoder.push(bytes, &mut |piece| sink.value(id, place, piece, false)) {
                    WebSocket::trouble(trouble, sink);
                    (open.whole, open.compressed) = (false, Some(None));
                }
            }
        }
    }
}

fn place(text: bool) -> Place<'static> {
    Place::Body(if text { "text/plain" } else { "application/octet-stream" })
}

fn unmask(bytes: &mut [u8], mask: [u8; 4], turn: usize) {
    for (byte, mask) in bytes.iter_mut().zip(mask.iter().cycle().skip(turn)) {
        *byte ^= mask;
    }
}
