//! Zstandard.

use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

use super::{Bound, ROOM};
use crate::message::Trouble;

pub(super) struct Zstandard {
    context: Option<DCtx<'static>>,
    /// Between frames.
    rests: bool,
}

/// The largest window that a decoder has to take for content in HTTP, as a power of two (RFC 9659).
const WINDOW: u32 = 23;

impl Zstandard {
    pub(super) fn new() -> Zstandard {
        let context = DCtx::try_create().and_then(|mut context| {
            context.set_parameter(DParameter::WindowLogMax(WINDOW)).ok()?;
            Some(context)
        });
        Zstandard { context, rests: true }
    }

    pub(super) fn push(&mut self, bytes: &[u8], bound: &mut Bound<'_>) -> Result<(), Trouble> {
        let Some(context) = &mut self.context else { return Err(Trouble::Unsupported) };
        let mut input = InBuffer::around(bytes);
        let mut room = [0_u8; ROOM];
        loop {
            let mut output = OutBuffer::around(room.as_mut_slice());
            let rest = context.decompress_stream(&mut output, &mut input).map_err(|_| Trouble::Undecodable)?;
            let told = output.pos();
            self.rests = rest == 0;
            bound.tell(room.get(..told))?;
            if input.pos() >= bytes.len() && told < ROOM {
                return Ok(());
            }
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.rests
    }

    pub(super) fn held(&self) -> usize {
        self.context.as_ref().map_or(0, |context| context.sizeof())
    }
}
