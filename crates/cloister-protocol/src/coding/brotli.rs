//! Brotli.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Bound, ROOM};
use crate::message::Trouble;

pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Brotli {
        let alloc = StandardAlloc::default;
        Brotli { state: BrotliState::new(alloc(), alloc(), alloc()), ended: false }
    }
}

impl Brotli {
    pub(super) fn push(&mut self, bytes: &[u8], bound: &mut Bound<'_>) -> Result<(), Trouble> {
        let (mut left, mut offset, mut total) = (bytes.len(), 0, 0);
        let mut room = [0_u8; ROOM];
        while !self.ended {
            let (mut free, mut told) = (ROOM, 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut offset,
                bytes,
                &mut free,
                &mut told,
                &mut room,
                &mut total,
                &mut self.state,
            );
            bound.tell(room.get(..told))?;
            match result {
                BrotliResult::ResultSuccess => self.ended = true,
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultFailure => return Err(Trouble::Undecodable),
            }
        }
        Ok(())
    }

    pub(super) fn is_finished(&self) -> bool {
        self.ended
    }
}
