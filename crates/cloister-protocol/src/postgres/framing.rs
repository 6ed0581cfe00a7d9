//! What both sides have in common: messages with a letter and a length, what is passed over of them, rows that are
//! copied, and the way back after a gap.

use super::shared::Shared;
use super::{client_head, server_head};
use crate::input::{Input, Step, Within};
use crate::seek::{Reach, boundary, seek};
use crate::{Side, Sink};

/// How far the next message is looked for after a gap.
const REACH: Reach = Reach { window: 16 << 10, again: 4 << 10, most: 256 << 10 };

/// What comes next. The last number is what is left of the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Framing {
    /// A letter and a length.
    #[default]
    Head,
    /// A short message by its letter, read when it is whole.
    Whole(u8, u64),
    CopyData(u64),
    Skip(u64),
    /// After a gap; so many bytes were looked through.
    Seek(usize),
}

impl Framing {
    /// One step through what is not read by letter; the other two states are the side's own.
    pub(super) fn step(&mut self, input: &mut Input<'_>, side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let left = match *self {
            Framing::CopyData(left) => {
                let bytes = input.some(left);
                if let Some(copy) = shared.copy.as_mut().filter(|copy| copy.side == side) {
                    copy.push(bytes, sink);
                }
                left - bytes.len() as u64
            }
            Framing::Skip(left) => left - input.some(left).len() as u64,
            Framing::Seek(seen) => {
                let head = if side == Side::Client { client_head } else { server_head };
                let sought = seek(input, seen, REACH, |window| boundary(window, head));
                return sought.step(self, Framing::Head, Framing::Seek);
            }
            Framing::Head | Framing::Whole(..) => return Step::Strange,
        };
        if left == 0 {
            *self = Framing::Head;
            return Step::Again;
        }
        *self = if matches!(self, Framing::Skip(_)) { Framing::Skip(left) } else { Framing::CopyData(left) };
        Step::Wait
    }

    /// The whole of a short message, when it is there.
    pub(super) fn whole<'a>(left: u64, input: &mut Input<'a>) -> Option<&'a [u8]> {
        usize::try_from(left).ok().and_then(|left| input.take(left))
    }

    /// What is left of the message, where that is known.
    pub(super) fn left(self) -> Option<u64> {
        match self {
            Framing::Seek(_) => None,
            Framing::Head => Some(0),
            Framing::Whole(_, left) | Framing::CopyData(left) | Framing::Skip(left) => Some(left),
        }
    }

    /// Where a side stands that missed so many bytes, of a message of which so many were left.
    pub(super) fn after_gap(left: Option<u64>, missing: u64) -> Framing {
        let rest = left.and_then(|left| left.checked_sub(missing)).filter(|left| *left > 0);
        rest.map_or(Framing::Seek(0), Framing::Skip)
    }
}

/// A message that is read piece by piece.
pub(super) trait Part {
    /// The next token; `left` of the message falls by it. Whether it was the last that is read.
    fn step(&mut self, input: &mut Input<'_>, left: &mut u64, shared: &mut Shared, sink: &mut dyn Sink)
    -> Within<bool>;

    /// No more of it comes: what is open ends.
    fn cut_short(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        let _ = (shared, sink);
    }
}

impl<P: Part> Part for Box<P> {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        self.as_mut().step(input, left, shared, sink)
    }

    fn cut_short(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.as_mut().cut_short(shared, sink);
    }
}
