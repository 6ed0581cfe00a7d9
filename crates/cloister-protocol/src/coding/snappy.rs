//! Snappy (format_description.txt of its repository), by itself or in the frames of xerial's library for Java.

use super::window::Window;
use crate::conversation::Limits;
use crate::input::{Hold, Input, Step};
use crate::message::Trouble;

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

/// Takes Snappy away from a stream.
#[derive(Debug)]
pub(crate) struct Snappy {
    hold: Hold,
    state: State,
    window: Window,
    framed: bool,
    /// What is left of the block, where there are frames.
    block: u64,
    error: Option<Trouble>,
}

/// How frames begin.
const MAGIC: &[u8; 8] = b"\x82SNAPPY\0";

impl Snappy {
    /// `framed`: frames may come.
    pub(crate) fn new(framed: bool, limits: &Limits) -> Snappy {
        let state = if framed { State::First } else { State::Length };
        let window = Window::new(limits.decompressed);
        Snappy { hold: Hold::default(), state, window, framed: false, block: u64::MAX, error: None }
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
            State::First => {
                let begin = input.rest().get(..8.min(input.len())).unwrap_or_default();
                if !MAGIC.starts_with(begin) {
                    self.state = State::Length;
                    return Step::Again;
                }
                if input.take(16).is_none() {
                    return Step::Wait;
                }
                self.framed = true;
                self.state = State::Frame;
                Step::Again
            }
            State::Frame => {
                let Some(length) = input.u32() else { return Step::Wait };
                self.window.forget(out);
                self.block = length.into();
                self.state = State::Length;
                Step::Again
            }
            State::Tag if self.framed && self.block == 0 => {
                self.state = State::Frame;
                Step::Again
            }
            State::Length | State::Tag => {
                let before = input.len();
                let mut look = *input;
                let taken = if self.state == State::Length { self.length(&mut look) } else { self.tag(&mut look, out) };
                match taken {
                    None => return Step::Wait,
                    Some(Err(trouble)) => return self.fail(trouble),
                    Some(Ok(())) => {}
                }
                *input = look;
                self.take(before - input.len())
            }
            State::Literal(left) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                if let Err(trouble) = self.window.literal(bytes, out) {
                    return self.fail(trouble);
                }
                let left = left - bytes.len() as u64;
                self.state = if left == 0 { State::Tag } else { State::Literal(left) };
                self.take(bytes.len())
            }
        }
    }

    /// Counts what was taken of the block.
    fn take(&mut self, bytes: usize) -> Step {
        if !self.framed {
            return Step::Again;
        }
        match self.block.checked_sub(bytes as u64) {
            Some(left) => {
                self.block = left;
                Step::Again
            }
            None => self.fail(Trouble::Undecodable),
        }
    }

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

    fn tag(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Option<Result<(), Trouble>> {
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
        Some(self.window.copy(offset, length, out))
    }

    pub(crate) fn held(&self) -> usize {
        self.hold.held() + self.window.held()
    }
}
