//! Packets, and what compression puts around them.

use crate::coding::{Coding, Decoder};
use crate::input::{Hold, Input, Step};
use crate::seek::{Reach, seek};
use crate::{Limits, Progress, Protocol, Trouble};

/// A packet of this length is continued by the next.
const FULL: u64 = 0xff_ffff;
/// How far the next packet is looked for after a gap.
const REACH: Reach = Reach { window: 2048, again: 1024, most: 256 << 10 };

/// What is read of the packets of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// The content of a message begins: its number, and how long its first packet is.
    Begin(u8, u64),
    /// The next bytes of the content.
    Bytes(&'a [u8]),
    /// The content is whole.
    End,
}

/// What whoever reads the parts wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Go,
    Becomes(Protocol),
    Strange,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    Content(u64, bool),
    Seek(usize),
}

/// The packets of one side.
#[derive(Debug, Default)]
pub(super) struct Packets {
    hold: Hold,
    state: State,
    /// The packet continues the one before.
    continues: bool,
}

impl Packets {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(Part<'_>) -> Wish) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        let progress = hold.feed(bytes, 4096, |input| self.step(input, out));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, out: &mut dyn FnMut(Part<'_>) -> Wish) -> Step {
        match self.state {
            State::Head => {
                let Some([a, b, c, number]) = input.array() else { return Step::Wait };
                let length = u64::from(u32::from_le_bytes([a, b, c, 0]));
                self.state = State::Content(length, length == FULL);
                if std::mem::replace(&mut self.continues, length == FULL) {
                    return Step::Again;
                }
                follow(out(Part::Begin(number, length)))
            }
            State::Content(0, true) => {
                self.state = State::Head;
                Step::Again
            }
            State::Content(0, false) => {
                self.state = State::Head;
                follow(out(Part::End))
            }
            State::Content(left, more) => {
                let bytes = input.some(left);
                if bytes.is_empty() {
                    return Step::Wait;
                }
                self.state = State::Content(left - bytes.len() as u64, more);
                follow(out(Part::Bytes(bytes)))
            }
            State::Seek(seen) => {
                let begins =
                    |window: &[u8]| (0..window.len()).find(|start| chain(window.get(*start..).unwrap_or_default()));
                seek(input, seen, REACH, begins).step(&mut self.state, State::Head, State::Seek)
            }
        }
    }

    /// So many bytes were missed: whether they lay within one packet.
    pub(super) fn lost(&mut self, bytes: u64) -> bool {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        if let State::Content(left, more) = self.state
            && let Some(left) = left.checked_sub(missing)
        {
            self.state = State::Content(left, more);
            return true;
        }
        self.continues = false;
        self.state = State::Seek(0);
        false
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held()
    }
}

/// Whether packets begin here: their numbers follow each other, or a command is all there is.
fn chain(bytes: &[u8]) -> bool {
    let mut input = Input::new(bytes);
    let mut next = None;
    for seen in 0..4 {
        if input.len() == 0 {
            // One command by itself, or the end of rows.
            return seen > 1 || (seen == 1 && next == Some(1));
        }
        let Some([a, b, c, number]) = input.array() else { return seen > 1 };
        let length = u32::from_le_bytes([a, b, c, 0]) as usize;
        if length == 0 || next.is_some_and(|next| next != number) {
            return false;
        }
        next = Some(number.wrapping_add(1));
        if input.take(length).is_none() {
            return seen > 1;
        }
    }
    true
}

fn follow(wish: Wish) -> Step {
    match wish {
        Wish::Go => Step::Again,
        Wish::Becomes(protocol) => Step::Becomes(protocol),
        Wish::Strange => Step::Strange,
    }
}

/// Takes compression away ("Compressed Packet" in MySQL's source documentation).
#[derive(Default)]
pub(super) struct Envelopes {
    hold: Hold,
    left: u64,
    decoder: Option<Decoder>,
}

impl Envelopes {
    /// The next bytes; `out` gets what they become.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        coding: Coding,
        limits: &Limits,
        out: &mut dyn FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut result = Ok(());
        let mut hold = std::mem::take(&mut self.hold);
        hold.feed(bytes, 64, |input| {
            if self.left == 0 {
                let Some([a, b, c, _, d, e, f]) = input.array() else { return Step::Wait };
                self.left = u64::from(u32::from_le_bytes([a, b, c, 0]));
                let becomes = u32::from_le_bytes([d, e, f, 0]);
                self.decoder = (becomes > 0).then(|| Decoder::new(coding, limits));
                return Step::Again;
            }
            let bytes = input.some(self.left);
            if bytes.is_empty() {
                return Step::Wait;
            }
            self.left -= bytes.len() as u64;
            result = match &mut self.decoder {
                None => out(bytes),
                Some(decoder) => {
                    let mut inner = Ok(());
                    let outer = decoder.push(bytes, &mut |piece| {
                        if inner.is_ok() {
                            inner = out(piece);
                        }
                    });
                    inner.and(outer)
                }
            };
            if result.is_err() { Step::Strange } else { Step::Again }
        });
        self.hold = hold;
        result
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held() + self.decoder.as_ref().map_or(0, Decoder::held)
    }
}
