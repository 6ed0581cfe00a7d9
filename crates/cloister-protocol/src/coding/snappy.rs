//! Snappy (format_description.txt of its repository), by itself or in the frames of xerial's library for Java.

use super::blocks::{Block, Blocks, Format};
use crate::conversation::Limits;
use crate::input::{Input, Step};
use crate::message::Trouble;

/// Takes Snappy away from a stream.
pub(crate) type Snappy = Blocks<Tags>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first bytes tell whether there are frames.
    First,
    /// How long the next block is.
    Frame,
    /// How long it becomes.
    Length,
    Tag,
    Literal(u64),
}

/// Snappy's tokens.
#[derive(Debug)]
pub(crate) struct Tags {
    state: State,
}

/// How frames begin.
const MAGIC: &[u8; 8] = b"\x82SNAPPY\0";

impl Snappy {
    /// `framed`: frames may come.
    pub(crate) fn new(framed: bool, limits: &Limits) -> Snappy {
        Blocks::reading(Tags { state: if framed { State::First } else { State::Length } }, limits)
    }
}

impl Format for Tags {
    fn step(&mut self, block: &mut Block, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Result<Step, Trouble> {
        match self.state {
            State::First => {
                let begin = input.rest().get(..8.min(input.len())).unwrap_or_default();
                if !MAGIC.starts_with(begin) {
                    self.state = State::Length;
                    return Ok(Step::Again);
                }
                if input.take(16).is_none() {
                    return Ok(Step::Wait);
                }
                self.state = State::Frame;
            }
            State::Frame => {
                let Some(length) = input.u32() else { return Ok(Step::Wait) };
                block.forget(out);
                block.begin(length.into());
                self.state = State::Length;
            }
            // Without frames, a block has no end.
            State::Tag if block.is_over() => self.state = State::Frame,
            State::Length => return block.token(input, |_, input| self.length(input)),
            State::Tag => return block.token(input, |block, input| self.tag(block, input, out)),
            State::Literal(left) => {
                let taken = block.literal(left, input, out)?;
                self.state = if left == taken { State::Tag } else { State::Literal(left - taken) };
                if taken == 0 {
                    return if block.is_over() { Err(Trouble::Undecodable) } else { Ok(Step::Wait) };
                }
            }
        }
        Ok(Step::Again)
    }
}

impl Tags {
    /// How long the block becomes: seven bits in a byte, and whether more follow. It is not believed, and not needed.
    fn length(&mut self, input: &mut Input<'_>) -> Option<Result<(), Trouble>> {
        for _ in 0..5 {
            if input.u8()? < 0x80 {
                self.state = State::Tag;
                return Some(Ok(()));
            }
        }
        Some(Err(Trouble::Undecodable))
    }

    fn tag(
        &mut self,
        block: &mut Block,
        input: &mut Input<'_>,
        out: &mut dyn FnMut(&[u8]),
    ) -> Option<Result<(), Trouble>> {
        let tag = input.u8()?;
        let high = usize::from(tag >> 2);
        let (offset, length) = match tag & 3 {
            0 => {
                let length = match high {
                    60 => u64::from(input.u8()?),
                    61 => u64::from(input.u16_le()?),
                    62 => {
                        let [a, b, c] = input.array()?;
                        u64::from(u32::from_le_bytes([a, b, c, 0]))
                    }
                    63 => u64::from(input.u32_le()?),
                    short => short as u64,
                };
                self.state = State::Literal(length + 1);
                return Some(Ok(()));
            }
            1 => (usize::from(tag >> 5) << 8 | usize::from(input.u8()?), (high & 7) + 4),
            2 => (usize::from(input.u16_le()?), high + 1),
            _ => (usize::try_from(input.u32_le()?).unwrap_or(usize::MAX), high + 1),
        };
        Some(block.copy(offset, length, out))
    }
}
