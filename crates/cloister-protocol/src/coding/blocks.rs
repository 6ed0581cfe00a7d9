//! What Snappy and LZ4 have in common: blocks of literals and of copies from what was told before.

use super::window::Window;
use crate::conversation::Limits;
use crate::input::{Hold, Input, Step};
use crate::message::Trouble;

/// A coding of the Lempel-Ziv family, token by token.
pub(crate) trait Format {
    /// The next token.
    fn step(&mut self, block: &mut Block, input: &mut Input<'_>, out: &mut dyn FnMut(&[u8])) -> Result<Step, Trouble>;
}

/// Takes such a coding away from a stream.
#[derive(Debug)]
pub(crate) struct Blocks<F> {
    hold: Hold,
    format: F,
    block: Block,
    error: Option<Trouble>,
}

impl<F: Format> Blocks<F> {
    pub(super) fn reading(format: F, limits: &Limits) -> Blocks<F> {
        let block = Block { window: Window::new(limits.decompressed), left: u64::MAX };
        Blocks { hold: Hold::default(), format, block, error: None }
    }

    /// Tells what `bytes` become. After trouble nothing more can be read.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        let Blocks { hold, format, block, error } = self;
        hold.feed(bytes, 64, |input| match format.step(block, input, out) {
            Ok(step) => step,
            Err(trouble) => {
                *error = Some(trouble);
                Step::Strange
            }
        });
        self.block.window.tell(out);
        self.error.map_or(Ok(()), Err)
    }

    pub(crate) fn held(&self) -> usize {
        self.hold.held() + self.block.window.held()
    }
}

/// The block that is read, and what was told before.
#[derive(Debug)]
pub(crate) struct Block {
    window: Window,
    /// What is left of it; without an end where the coding says none.
    left: u64,
}

impl Block {
    /// A block of so many bytes begins.
    pub(super) fn begin(&mut self, length: u64) {
        self.left = length;
    }

    /// What comes points back no further than here.
    pub(super) fn forget(&mut self, out: &mut dyn FnMut(&[u8])) {
        self.window.forget(out);
    }

    /// Nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Takes a token, when it is whole.
    pub(super) fn token(
        &mut self,
        input: &mut Input<'_>,
        read: impl FnOnce(&mut Block, &mut Input<'_>) -> Option<Result<(), Trouble>>,
    ) -> Result<Step, Trouble> {
        let mut look = *input;
        let Some(result) = read(self, &mut look) else { return Ok(Step::Wait) };
        result?;
        let taken = input.len() - look.len();
        *input = look;
        self.count(taken)
    }

    /// Takes what is at hand of bytes that stand for themselves, and says how many that were.
    pub(super) fn literal(
        &mut self,
        most: u64,
        input: &mut Input<'_>,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<u64, Trouble> {
        let bytes = input.some(most.min(self.left));
        self.window.literal(bytes, out)?;
        self.count(bytes.len())?;
        Ok(bytes.len() as u64)
    }

    /// Bytes that stood so far back.
    pub(super) fn copy(&mut self, offset: usize, length: usize, out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        self.window.copy(offset, length, out)
    }

    fn count(&mut self, bytes: usize) -> Result<Step, Trouble> {
        self.left = self.left.checked_sub(bytes as u64).ok_or(Trouble::Undecodable)?;
        Ok(Step::Again)
    }
}
