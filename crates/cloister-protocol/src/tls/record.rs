//! Records, and the messages of the handshake in them.

use super::Tls;
use crate::Side;
use crate::conversation::Progress;
use crate::gather::Gather;
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};

const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// How long the head of a record is, and its longest payload (RFC 5246 section 6.2.3).
const HEAD: usize = 5;
const LONGEST: usize = (1 << 14) + 2048;

/// Where a side is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// So many bytes of a record of that kind. `first`: none of it was read yet.
    Payload {
        kind: u8,
        left: usize,
        first: bool,
    },
    Lost,
}

/// One side.
#[derive(Default)]
pub(super) struct Lane {
    state: State,
    gather: Gather,
    /// The part of a handshake message that is here.
    message: Vec<u8>,
    /// From here on the handshake is encrypted.
    encrypted: bool,
    /// What is sent in the clear.
    text: Option<MessageId>,
    /// Bytes of the handshake are missing.
    gaps: bool,
}

impl Lane {
    pub(super) fn held(&self) -> usize {
        self.gather.held() + self.message.capacity()
    }

    /// So many bytes were not seen.
    pub(super) fn skip(&mut self, bytes: u64) {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.gaps = true;
        self.message = Vec::new();
        match &mut self.state {
            State::Payload { left, .. } if *left > bytes && bytes > 0 => *left -= bytes,
            state => *state = State::Lost,
        }
    }
}

impl Tls {
    pub(super) fn read(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let mut rest = bytes;
        if self.lanes.of(side).state == State::Lost {
            if !leads_on(bytes) {
                return Progress::Reads;
            }
            self.lanes.of(side).gather.clear();
            self.lanes.of(side).state = State::Head;
        }
        while !rest.is_empty() {
            if !self.step(side, &mut rest, sink) {
                Tls::trouble(Trouble::Malformed, sink);
                return Progress::Strange;
            }
        }
        Progress::Reads
    }

    /// False where this is no record.
    fn step(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) -> bool {
        let lane = self.lanes.of(side);
        if let State::Payload { kind, left, first } = lane.state {
            let (now, rest) = bytes.split_at_checked(left.min(bytes.len())).unwrap_or((bytes, &[]));
            *bytes = rest;
            let left = left - now.len();
            lane.state = if left == 0 { State::Head } else { State::Payload { kind, left, first: false } };
            self.take_payload(side, (kind, first), now, sink);
            return true;
        }
        let Some(head) = lane.gather.take(bytes, HEAD) else { return true };
        match record(head) {
            Some((_, 0)) => true,
            Some((kind, left)) => {
                lane.state = State::Payload { kind, left, first: true };
                true
            }
            None => false,
        }
    }

    fn take_payload(&mut self, side: Side, record: (u8, bool), payload: &[u8], sink: &mut dyn Sink) {
        let (kind, first) = record;
        match kind {
            HANDSHAKE if !self.lanes.of(side).encrypted => self.take_handshake(side, payload, sink),
            CHANGE_CIPHER_SPEC if self.retries => {}
            CHANGE_CIPHER_SPEC => {
                self.lanes.of(side).encrypted = true;
                if side == Side::Server {
                    self.end_handshake(sink);
                }
            }
            APPLICATION_DATA => {
                self.lanes.of(side).encrypted = true;
                self.end_handshake(sink);
                self.take_data(side, first, payload, sink);
            }
            _ => {}
        }
    }

    /// Data that is called encrypted, and may not be.
    fn take_data(&mut self, side: Side, first: bool, payload: &[u8], sink: &mut dyn Sink) {
        let text = self.lanes.of(side).text;
        let id = match text {
            Some(id) => id,
            None if self.plain || (first && is_plain(payload)) => {
                Tls::trouble(Trouble::Malformed, sink);
                let (id, protocol) = (self.next.take(), Protocol::Tls);
                let head =
                    Head { side, protocol, operation: "plaintext", target: "", host: "", answers: None, status: None };
                sink.begin(id, &head);
                self.lanes.of(side).text = Some(id);
                id
            }
            None => return,
        };
        sink.value(id, Place::Text, payload, false);
    }

    pub(super) fn end_plain(&mut self, side: Side, sink: &mut dyn Sink) {
        if let Some(id) = self.lanes.of(side).text.take() {
            sink.value(id, Place::Text, &[], true);
            sink.end(id, true);
        }
    }

    /// Messages of the handshake, which records may cut anywhere.
    fn take_handshake(&mut self, side: Side, payload: &[u8], sink: &mut dyn Sink) {
        if self.lanes.of(side).gaps {
            return;
        }
        let mut message = std::mem::take(&mut self.lanes.of(side).message);
        message.extend_from_slice(payload);
        let mut rest = message.as_slice();
        while let Some(([kind, l2, l1, l0], after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes([0, *l2, *l1, *l0])).unwrap_or(usize::MAX);
            if length > self.limits.head {
                Tls::trouble(Trouble::TooLarge, sink);
                self.lanes.of(side).gaps = true;
                return;
            }
            let Some((body, after)) = after.split_at_checked(length) else { break };
            self.take_message(side, *kind, body, sink);
            rest = after;
        }
        self.lanes.of(side).message = rest.to_vec();
    }
}

/// The kind and length of a record.
fn record(head: &[u8]) -> Option<(u8, usize)> {
    let [kind @ CHANGE_CIPHER_SPEC..=24, 3, 0..=4, high, low] = *head else { return None };
    let length = usize::from(u16::from_be_bytes([high, low]));
    (length <= LONGEST).then_some((kind, length))
}

/// Whether records follow one another from here.
fn leads_on(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((head, after)) = rest.split_at_checked(HEAD) {
        let Some((_, length)) = record(head) else { return false };
        match after.get(length..) {
            Some(next) => rest = next,
            None => return true,
        }
    }
    !bytes.is_empty() && rest.is_empty()
}

/// Whether it reads as text: what is encrypted does not, but once in billions.
fn is_plain(payload: &[u8]) -> bool {
    let shown = payload.get(..256).unwrap_or(payload);
    let letters = shown.iter().filter(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')).count();
    shown.len() >= 24 && letters == shown.len()
}
