//! Finding the way again after a gap.

use crate::input::{Input, Step};

/// What the beginning of a frame looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// None begins like that.
    No,
    /// Too few bytes to say.
    Short,
    /// One that takes so many bytes.
    Long(usize),
}

/// Finds where frames begin again after a gap: from there on, frame follows frame to the end of `window`, and at least
/// two heads are seen.
pub(crate) fn boundary(window: &[u8], head: impl Fn(&[u8]) -> Frame) -> Option<usize> {
    (0..window.len()).find(|&start| {
        let mut at = start;
        for seen in 0..8 {
            match window.get(at..).map_or(Frame::Short, &head) {
                Frame::No => return false,
                Frame::Short => return seen >= 2 || (seen == 1 && at == window.len()),
                Frame::Long(length) => at = at.saturating_add(length),
            }
        }
        true
    })
}

/// How far a reader looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// Bytes that must be at hand before it can be said that nothing begins in them.
    pub(crate) window: usize,
    /// The last of them, in which the head of something may stand cut: they are looked at once more.
    pub(crate) again: usize,
    /// After so many it gives up.
    pub(crate) most: usize,
}

/// What came of looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// The next byte at hand begins a frame.
    Found,
    /// More bytes are needed; so many were looked through.
    Wait(usize),
    /// Nothing begins in the bytes that were taken; so many were looked through.
    Nothing(usize),
    /// It gives up.
    Never,
}

/// Looks on, after `seen` bytes; `find` says where in the bytes at hand something begins.
pub(crate) fn seek(
    input: &mut Input<'_>,
    seen: usize,
    reach: Reach,
    find: impl FnOnce(&[u8]) -> Option<usize>,
) -> Sought {
    if let Some(start) = find(input.rest()) {
        input.some(start as u64);
        return Sought::Found;
    }
    if input.len() < reach.window {
        return Sought::Wait(seen);
    }
    if seen > reach.most {
        return Sought::Never;
    }
    let drop = input.len() - reach.again;
    input.some(drop as u64);
    Sought::Nothing(seen + drop)
}

impl Sought {
    /// The step that this is: a reader stands at `found` then, or goes on looking.
    pub(crate) fn step<S>(self, state: &mut S, found: S, on: fn(usize) -> S) -> Step {
        let (next, step) = match self {
            Sought::Found => (found, Step::Again),
            Sought::Wait(seen) => (on(seen), Step::Wait),
            Sought::Nothing(seen) => (on(seen), Step::Again),
            Sought::Never => return Step::Strange,
        };
        *state = next;
        step
    }
}
