//! One body on its way: searched as it passes, held back only as far as what follows may still matter.

use cloister_detect::{Detection, Stream};

use crate::mask;

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It goes on as it is.
    Pass,
    /// It goes on overwritten.
    Redact,
    /// Nothing goes on.
    Block,
}

/// Whether the exchange goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// It does.
    Yes,
    /// It is blocked.
    No,
}

/// A body of which some bytes may have passed.
pub struct Body {
    stream: Stream,
    /// What came and has not gone on.
    pending: Vec<u8>,
    /// Where `pending` starts in the body.
    gone: usize,
    /// The last byte gone that is no white space.
    last: Option<u8>,
}

impl Default for Body {
    fn default() -> Body {
        Body::new("")
    }
}

impl Body {
    /// A body, or the value of the field `name` of a head.
    pub fn new(name: &str) -> Body {
        Body { stream: Stream::new(name), pending: Vec::new(), gone: 0, last: None }
    }

    /// The next bytes: `judge` says what becomes of each value, and what may go on is added to `out`.
    pub fn push(
        &mut self,
        bytes: &[u8],
        judge: &mut dyn FnMut(&Detection, &[u8]) -> Fate,
        out: &mut Vec<u8>,
    ) -> Onward {
        self.pending.extend_from_slice(bytes);
        let found = self.stream.push(bytes);
        let onward = self.apply(&found, judge);
        let settled = self.stream.settled().saturating_sub(self.gone).min(self.pending.len());
        self.release(settled, out);
        onward
    }

    /// Nothing more comes: all that was held back goes on.
    pub fn finish(&mut self, judge: &mut dyn FnMut(&Detection, &[u8]) -> Fate, out: &mut Vec<u8>) -> Onward {
        let found = std::mem::take(&mut self.stream).finish();
        let onward = self.apply(&found, judge);
        self.release(self.pending.len(), out);
        onward
    }

    /// How many bytes wait.
    pub fn held(&self) -> usize {
        self.pending.len()
    }

    fn apply(&mut self, found: &[Detection], judge: &mut dyn FnMut(&Detection, &[u8]) -> Fate) -> Onward {
        let mut onward = Onward::Yes;
        for detection in found {
            let place = |offset: usize| offset.saturating_sub(self.gone).min(self.pending.len());
            let (start, end) = (place(detection.offset), place(detection.end()));
            match judge(detection, self.pending.get(start..end).unwrap_or_default()) {
                Fate::Pass => {}
                Fate::Redact => self.redact(start, end),
                Fate::Block => onward = Onward::No,
            }
        }
        onward
    }

    fn redact(&mut self, start: usize, end: usize) {
        let (left, right) = self.pending.split_at_mut(end);
        let (left, value) = left.split_at_mut(start);
        let is_sign = |byte: &u8| !byte.is_ascii_whitespace();
        let before = left.iter().copied().rfind(is_sign).or(self.last);
        mask::overwrite(before, value, right.iter().copied().find(is_sign));
    }

    fn release(&mut self, count: usize, out: &mut Vec<u8>) {
        let going = self.pending.get(..count).unwrap_or_default();
        self.last = going.iter().copied().rfind(|byte| !byte.is_ascii_whitespace()).or(self.last);
        out.extend_from_slice(going);
        self.pending.drain(..count);
        self.gone += count;
    }
}
