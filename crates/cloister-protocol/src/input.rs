//! The bytes of one side that are at hand, and what is kept of them until more come.
//!
//! Readers go token by token: a step takes a whole token or nothing. What it cannot take yet is kept, so that a cut of
//! the stream changes nothing; values are no tokens, they are handed on as they come.

use crate::{Progress, Protocol};

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It took something, or changed its mind about what comes next.
    Again,
    /// It needs more bytes, and took none.
    Wait,
    /// Both sides speak something else from here on.
    Becomes(Protocol),
    /// It cannot go on.
    Strange,
}

/// Bytes at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Input<'a> {
        Input { rest }
    }

    /// How many are at hand.
    pub(crate) fn len(&self) -> usize {
        self.rest.len()
    }

    /// All that are at hand, without taking them.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Takes so many, or none.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Takes as many as are at hand, and no more than that.
    pub(crate) fn some(&mut self, most: u64) -> &'a [u8] {
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(self.rest.len());
        self.take(count).unwrap_or_default()
    }

    /// Takes a fixed number of bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Big-endian, as networks have it.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Little-endian.
    pub(crate) fn u16_le(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32_le(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn i32_le(&mut self) -> Option<i32> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn u64_le(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Takes what stands before `end`, and `end` with it.
    pub(crate) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let at = memchr::memchr(end, self.rest)?;
        let taken = self.take(at)?;
        self.take(1)?;
        Some(taken)
    }

    /// Runs a step over the first `left` bytes, which are all that a frame has: `None` when the frame has too few for it.
    /// `left` falls by what was taken.
    pub(crate) fn within<T>(&mut self, left: &mut u64, step: impl FnOnce(&mut Input<'a>) -> Option<T>) -> Within<T> {
        let mut part = Input::new(Input { rest: self.rest }.some(*left));
        let all = part.len() as u64 == *left;
        let before = part.len();
        match step(&mut part) {
            Some(taken) => {
                let count = before - part.len();
                self.some(count as u64);
                *left -= count as u64;
                Within::Got(taken)
            }
            None if all => Within::Short,
            None => Within::Wait,
        }
    }
}

/// What became of a step within a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within<T> {
    /// The token.
    Got(T),
    /// More bytes are needed, and may come.
    Wait,
    /// The frame ends before the token does.
    Short,
}

impl<T> Within<T> {
    /// What the token becomes.
    pub(crate) fn map<U>(self, becomes: impl FnOnce(T) -> U) -> Within<U> {
        match self {
            Within::Got(token) => Within::Got(becomes(token)),
            Within::Wait => Within::Wait,
            Within::Short => Within::Short,
        }
    }
}

/// Bytes are added to what is kept in pieces of this size, so that a long piece is not copied for a cut token.
const PIECE: usize = 4096;

/// What is kept of one side until its token is whole.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    kept: Vec<u8>,
}

impl Hold {
    /// Steps through what is kept and `bytes` for as long as there is something to take. A token longer than `most` is
    /// strange.
    pub(crate) fn feed(&mut self, bytes: &[u8], most: usize, mut step: impl FnMut(&mut Input<'_>) -> Step) -> Progress {
        let mut rest = bytes;
        while !self.kept.is_empty() && !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            rest = after;
            self.kept.extend_from_slice(piece);
            let mut input = Input::new(&self.kept);
            let end = run(&mut input, &mut step);
            let (taken, open) = (self.kept.len() - input.len(), input.len());
            self.kept.drain(..taken);
            match end {
                Step::Becomes(protocol) => {
                    self.kept.clear();
                    return Progress::Becomes { protocol, read: bytes.len() - rest.len() - open.min(piece.len()) };
                }
                Step::Strange => return self.strange(),
                Step::Again | Step::Wait if open > most => return self.strange(),
                Step::Again | Step::Wait => {}
            }
        }
        if rest.is_empty() {
            return Progress::Reads;
        }
        let mut input = Input::new(rest);
        match run(&mut input, &mut step) {
            Step::Becomes(protocol) => Progress::Becomes { protocol, read: bytes.len() - input.len() },
            Step::Strange => Progress::Strange,
            Step::Again | Step::Wait if input.len() > most => Progress::Strange,
            Step::Again | Step::Wait => {
                self.kept.extend_from_slice(input.rest());
                Progress::Reads
            }
        }
    }

    fn strange(&mut self) -> Progress {
        self.kept = Vec::new();
        Progress::Strange
    }

    /// Forgets what is kept, and says how much that was.
    pub(crate) fn forget(&mut self) -> usize {
        let kept = self.kept.len();
        self.kept = Vec::new();
        kept
    }

    /// How much memory it takes.
    pub(crate) fn held(&self) -> usize {
        self.kept.capacity()
    }
}

fn run(input: &mut Input<'_>, step: &mut impl FnMut(&mut Input<'_>) -> Step) -> Step {
    // A step that takes nothing changes what is expected; so many of these in a row no reader needs.
    let mut idle = 0;
    loop {
        let before = input.len();
        match step(input) {
            Step::Again if before != input.len() => idle = 0,
            Step::Again if idle < 64 => idle += 1,
            Step::Again => return Step::Strange,
            end => return end,
        }
    }
}
