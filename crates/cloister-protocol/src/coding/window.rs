//! What was told last, which codings of the Lempel-Ziv family point back to.

use crate::message::Trouble;

/// How far back those that are written point: Snappy works in blocks of this size, LZ4 has no larger offset.
const WINDOW: usize = 64 << 10;
/// So much may be ready before it is told.
const READY: usize = 32 << 10;

/// The last of what was told, and what is about to be.
#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    told: usize,
    left: u64,
}

impl Window {
    /// `limit`: as much is believed.
    pub(super) fn new(limit: u64) -> Window {
        Window { bytes: Vec::new(), told: 0, left: limit }
    }

    /// Bytes that stand for themselves.
    pub(super) fn literal(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        for piece in bytes.chunks(READY) {
            self.count(piece.len(), out)?;
            self.bytes.extend_from_slice(piece);
            self.make_room(out);
        }
        Ok(())
    }

    /// Bytes that stood so far back.
    pub(super) fn copy(&mut self, offset: usize, mut length: usize, out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        while length > 0 {
            // What is copied may overlap what it makes.
            let piece = length.min(offset).min(READY);
            let from = self.bytes.len().checked_sub(offset).ok_or(Trouble::Undecodable)?;
            if piece == 0 || from + piece > self.bytes.len() {
                return Err(Trouble::Undecodable);
            }
            self.count(piece, out)?;
            self.bytes.extend_from_within(from..from + piece);
            length -= piece;
            self.make_room(out);
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize, out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        match self.left.checked_sub(bytes as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.tell(out);
                Err(Trouble::Bomb)
            }
        }
    }

    fn make_room(&mut self, out: &mut dyn FnMut(&[u8])) {
        if self.bytes.len() - self.told >= READY {
            self.tell(out);
        }
        if self.bytes.len() > 3 * WINDOW {
            self.tell(out);
            let old = self.bytes.len() - WINDOW;
            self.bytes.drain(..old);
            self.told = self.bytes.len();
        }
    }

    /// Tells what is ready.
    pub(super) fn tell(&mut self, out: &mut dyn FnMut(&[u8])) {
        let ready = self.bytes.get(self.told..).unwrap_or_default();
        if !ready.is_empty() {
            out(ready);
        }
        self.told = self.bytes.len();
    }

    /// What comes points back no further than here.
    pub(super) fn forget(&mut self, out: &mut dyn FnMut(&[u8])) {
        self.tell(out);
        self.bytes.clear();
        self.told = 0;
    }

    pub(super) fn held(&self) -> usize {
        self.bytes.capacity()
    }
}
