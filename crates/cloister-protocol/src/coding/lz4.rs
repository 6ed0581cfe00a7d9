//! LZ4 (lz4_Frame_format.md and lz4_Block_format.md of its repository). Checksums are not looked at: some that are written
//! are wrong.

use super::blocks::{Block, Blocks, Format};
use crate::conversation::Limits;
use crate::input::{Input, Step};
use crate::message::Trouble;

/// Takes LZ4 away from a stream.
pub(crate) type Lz4 = Blocks<Sequences>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    Block,
    /// A block that is not compressed.
    Plain,
    Token,
    /// More of the length of the literal, or of the match; what is known of it, and of the other.
    LiteralLength(u64, u8),
    Literal(u64, u8),
    Offset(u8),
    MatchLength(usize, usize),
    Checksum,
    End,
}

/// LZ4's tokens.
#[derive(Debug)]
pub(crate) struct Sequences {
    state: State,
    independent: bool,
    checksums: bool,
}

impl Lz4 {
    pub(crate) fn new(limits: &Limits) -> Lz4 {
        Blocks::reading(Sequences { state: State::Head, independent: true, checksums: false }, limits)
    }
}

impl Format for Sequences {
    fn step(&mut self, block: &mut Block, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Result<Step, Trouble> {
        match self.state {
            State::Head => return self.head(input),
            State::Block => {
                let Some(size) = input.u32_le() else { return Ok(Step::Wait) };
                if self.independent {
                    block.forget(out);
                }
                block.begin(u64::from(size & 0x7fff_ffff));
                self.state = match size {
                    0 => State::End,
                    _ if size >> 31 == 1 => State::Plain,
                    _ => State::Token,
                };
            }
            State::Plain | State::Token if block.is_over() => {
                self.state = if self.checksums { State::Checksum } else { State::Block };
            }
            State::Plain => {
                if block.literal(u64::MAX, input, out)? == 0 {
                    return Ok(Step::Wait);
                }
            }
            State::Checksum => {
                if input.take(4).is_none() {
                    return Ok(Step::Wait);
                }
                self.state = State::Block;
            }
            State::End => {
                input.some(u64::MAX);
                return Ok(Step::Wait);
            }
            // The last of a block has no match.
            State::Literal(0, token) => {
                self.state = if block.is_over() { State::Token } else { State::Offset(token) };
            }
            State::Literal(left, token) => {
                let taken = block.literal(left, input, out)?;
                self.state = State::Literal(left - taken, token);
                if taken == 0 {
                    return if block.is_over() { Err(Trouble::Undecodable) } else { Ok(Step::Wait) };
                }
            }
            State::Token | State::LiteralLength(..) | State::Offset(_) | State::MatchLength(..) => {
                return block.token(input, |block, input| self.sequence(block, input, out));
            }
        }
        Ok(Step::Again)
    }
}

impl Sequences {
    fn head(&mut self, input: &mut Input<'_>) -> Result<Step, Trouble> {
        let mut look = *input;
        let Some([a, b, c, d, flags, _]) = look.array() else { return Ok(Step::Wait) };
        if u32::from_le_bytes([a, b, c, d]) != 0x184d_2204 || flags >> 6 != 1 {
            return Err(Trouble::Undecodable);
        }
        self.independent = flags & 0x20 != 0;
        self.checksums = flags & 0x10 != 0;
        let more = if flags & 8 != 0 { 8 } else { 0 } + if flags & 1 != 0 { 4 } else { 0 } + 1;
        if look.take(more).is_none() {
            return Ok(Step::Wait);
        }
        *input = look;
        self.state = State::Block;
        Ok(Step::Again)
    }

    fn sequence(
        &mut self,
        block: &mut Block,
        input: &mut Input<'_>,
        out: &mut dyn FnMut(&[u8]),
    ) -> Option<Result<(), Trouble>> {
        match self.state {
            State::LiteralLength(known, token) => {
                let more = input.u8()?;
                let known = known.saturating_add(more.into());
                self.state =
                    if more == 255 { State::LiteralLength(known, token) } else { State::Literal(known, token) };
            }
            State::Offset(token) => {
                let offset = usize::from(input.u16_le()?);
                let length = usize::from(token & 15) + 4;
                if token & 15 == 15 {
                    self.state = State::MatchLength(offset, length);
                } else {
                    self.state = State::Token;
                    return Some(block.copy(offset, length, out));
                }
            }
            State::MatchLength(offset, length) => {
                let more = input.u8()?;
                let length = length.saturating_add(more.into());
                if more == 255 {
                    self.state = State::MatchLength(offset, length);
                } else {
                    self.state = State::Token;
                    return Some(block.copy(offset, length, out));
                }
            }
            _ => {
                let token = input.u8()?;
                let length = u64::from(token >> 4);
                self.state = if length == 15 { State::LiteralLength(15, token) } else { State::Literal(length, token) };
            }
        }
        Some(Ok(()))
    }
}
