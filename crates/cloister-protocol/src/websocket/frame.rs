//! Frames (RFC 6455 section 5.2).

use crate::Side;

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) last: bool,
    pub(super) compressed: bool,
    pub(super) opcode: u8,
    pub(super) length: u64,
    pub(super) mask: [u8; 4],
}

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// How long a head is, by its first two bytes.
pub(super) fn head_length(second: u8) -> usize {
    let length = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    2 + length + if second & 0x80 != 0 { 4 } else { 0 }
}

impl Frame {
    pub(super) fn read(head: &[u8]) -> Option<Frame> {
        let (first, rest) = head.split_first()?;
        let (second, rest) = rest.split_first()?;
        let (length, rest) = match second & 0x7f {
            126 => rest.split_first_chunk().map(|(length, rest)| (u64::from(u16::from_be_bytes(*length)), rest))?,
            127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest))?,
            length => (u64::from(length), rest),
        };
        let mask = if second & 0x80 != 0 { *rest.first_chunk()? } else { [0; 4] };
        Some(Frame { last: first & 0x80 != 0, compressed: first & 0x40 != 0, opcode: first & 0x0f, length, mask })
    }

    pub(super) fn is_control(self) -> bool {
        self.opcode & 8 != 0
    }

    /// Whether it keeps the rules that hold for any frame.
    pub(super) fn is_lawful(self) -> bool {
        let known = matches!(self.opcode, 0..=2 | CLOSE..=PONG);
        known && self.length < 1 << 63 && (!self.is_control() || (self.last && self.length < 126 && !self.compressed))
    }
}

/// Whether frames of that side follow one another from here exactly to the end.
pub(super) fn leads_on(side: Side, bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, second, ..] = rest {
        let masked = second & 0x80 != 0;
        let head = head_length(*second);
        let Some(frame) = rest.get(..head).and_then(Frame::read) else { return false };
        if first & 0x30 != 0 || masked != (side == Side::Client) || !frame.is_lawful() {
            return false;
        }
        let length = usize::try_from(frame.length).unwrap_or(usize::MAX);
        match rest.get(head.saturating_add(length)..) {
            Some([]) => return true,
            Some(after) => rest = after,
            None => return false,
        }
    }
    false
}
