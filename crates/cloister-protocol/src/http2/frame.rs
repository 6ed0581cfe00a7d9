//! Frames (RFC 9113 section 4).

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

/// How long the head of a frame is.
pub(super) const HEAD: usize = 9;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 0x1;
pub(super) const ACK: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

impl Frame {
    pub(super) fn read(head: &[u8]) -> Option<Frame> {
        let [l2, l1, l0, kind, flags, s3, s2, s1, s0] = *head.first_chunk::<HEAD>()?;
        let length = usize::try_from(u32::from_be_bytes([0, l2, l1, l0])).ok()?;
        Some(Frame { length, kind, flags, stream: u32::from_be_bytes([s3 & 0x7f, s2, s1, s0]) })
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether bytes in the middle of a stream may be this head: the rules for each type hold.
    pub(super) fn is_plausible(self) -> bool {
        let on_stream = self.stream != 0 && self.stream < 1 << 24;
        self.length <= 16 << 10
            && match self.kind {
                DATA => on_stream && self.flags & !(END_STREAM | PADDED) == 0,
                HEADERS => {
                    on_stream && self.flags & !(END_STREAM | END_HEADERS | PADDED | PRIORITY) == 0 && self.length > 0
                }
                2 => on_stream && self.length == 5 && self.flags == 0,
                RST_STREAM => on_stream && self.length == 4 && self.flags == 0,
                SETTINGS => self.stream == 0 && self.length.is_multiple_of(6) && self.flags & !ACK == 0,
                PUSH_PROMISE => on_stream && self.length > 4,
                6 => self.stream == 0 && self.length == 8 && self.flags & !ACK == 0,
                7 => self.stream == 0 && self.length >= 8 && self.flags == 0,
                8 => self.length == 4 && self.flags == 0 && self.stream < 1 << 24,
                CONTINUATION => on_stream && self.flags & !END_HEADERS == 0,
                _ => false,
            }
    }

    /// The part of the payload that is neither padding nor priority.
    pub(super) fn content(self, payload: &[u8]) -> Option<&[u8]> {
        let mut rest = payload;
        let mut padding = 0;
        if self.has(PADDED) {
            let (length, after) = rest.split_first()?;
            (padding, rest) = (usize::from(*length), after);
        }
        if self.kind == HEADERS && self.has(PRIORITY) {
            rest = rest.get(5..)?;
        }
        rest.get(..rest.len().checked_sub(padding)?)
    }
}
