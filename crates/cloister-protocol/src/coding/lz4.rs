//! LZ4 (lz4_Frame_format.md and lz4_Block_format.md of its repository). Checksums are not looked at: some that are written
//! are wrong.

use super::window::Window;
use crate::conversation::Limits;
use crate::input::{Hold, Input, Step};
use crate::message::Trouble;

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

/// Takes LZ4 away from a stream.
#[derive(Debug)]
pub(crate) struct Lz4 {
    hold: Hold,
    state: State,
    window: Window,
    /// What is left of the block.
    block: u64,
    independent: bool,
    checksums: bool,
    error: Option<Trouble>,
}

impl Lz4 {
    pub(crate) fn new(limits: &Limits) -> Lz4 {
        Lz4 {
            hold: Hold::default(),
            state: State::Head,
            window: Window::new(limits.decompressed),
            block: 0,
            independent: true,
            checksums: false,
            error: None,
        }
    }

    /// Tells what `bytes` become. After trouble nothing more can be read.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        let mut hold = std::mem::take(&mut self.hold);
        hold.feed(bytes, 64, |input| self.step(input, out));
        self.hold = hold;
        self.window.tell(out);
        self.error.map_or(Ok(()), Err)
    }

    fn fail(&mut self, trouble: Trouble) -> Step {
        self.error = Some(trouble);
        Step::Strange
    }

    fn step(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Step {
        match self.state {
            State::Head => self.head(input),
            State::Block => {
                let Some(size) = input.u32_le() else { return Step::Wait };
                if self.independent {
                    self.window.forget(out);
                }
                self.block = u64::from(size & 0x7fff_ffff);
                self.state = match size {
                    0 => State::End,
                    _ if size >> 31 == 1 => State::Plain,
                    _ => State::Token,
                };
                Step::Again
            }
            State::Plain | State::Token if self.block == 0 => self.end_block(),
            State::Plain => {
                let bytes = input.some(self.block);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.literal(bytes, out)
            }
            State::Checksum => {
                if input.take(4).is_none() {
                    return Step::Wait;
                }
                self.state = State::Block;
                Step::Again
            }
            State::End => {
                input.some(u64::MAX);
                Step::Wait
            }
            State::Literal(0, token) => {
                // The last of a block has no match.
                self.state = if self.block == 0 { State::Token } else { State::Offset(token) };
                Step::Again
            }
            State::Literal(left, token) => {
                let bytes = input.some(left.min(self.block));
                if bytes.is_empty() {
                    return if self.block == 0 { self.fail(Trouble::Undecodable) } else { Step::Wait };
                }
                self.state = State::Literal(left - bytes.len() as u64, token);
                self.literal(bytes, out)
            }
            State::Token | State::LiteralLength(..) | State::Offset(_) | State::MatchLength(..) => {
                let before = input.len();
                let mut look = *input;
                match self.sequence(&mut look, out) {
                    None => return Step::Wait,
                    Some(Err(trouble)) => return self.fail(trouble),
                    Some(Ok(())) => {}
                }
                *input = look;
                self.take(before - input.len())
            }
        }
    }

    fn head(&mut self, input: &mut Input<'_>) -> Step {
        let mut look = *input;
        let Some([a, b, c, d, flags, _]) = look.array() else { return Step::Wait };
        if u32::from_le_bytes([a, b, c, d]) != 0x184d_2204 || flags >> 6 != 1 {
            return self.fail(Trouble::Undecodable);
        }
        self.independent = flags & 0x20 != 0;
        self.checksums = flags & 0x10 != 0;
        let more = if flags & 8 != 0 { 8 } else { 0 } + if flags & 1 != 0 { 4 } else { 0 } + 1;
        if look.take(more).is_none() {
            return Step::Wait;
        }
        *input = look;
        self.state = State::Block;
        Step::Again
    }

    fn sequence(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Option<Result<(), Trouble>> {
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
                    return Some(self.window.copy(offset, length, out));
                }
            }
            State::MatchLength(offset, length) => {
                let more = input.u8()?;
                let length = length.saturating_add(more.into());
                if more == 255 {
                    self.state = State::MatchLength(offset, length);
                } else {
                    self.state = State::Token;
                    return Some(self.window.copy(offset, length, out));
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

    fn literal(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Step {
        if let Err(trouble) = self.window.literal(bytes, out) {
            return self.fail(trouble);
        }
        self.take(bytes.len())
    }

    fn take(&mut self, bytes: usize) -> Step {
        match self.block.checked_sub(bytes as u64) {
            Some(left) => {
                self.block = left;
                Step::Again
            }
            None => self.fail(Trouble::Undecodable),
        }
    }

    fn end_block(&mut self) -> Step {
        self.state = if self.checksums { State::Checksum } else { State::Block };
        Step::Again
    }

    pub(crate) fn held(&self) -> usize {
        self.hold.held() + self.window.held()
    }
}
