//! The part of a stream that may yet be asked for.

/// Bytes from `base` on.
#[derive(Debug, Default)]
pub struct Window {
    bytes: Vec<u8>,
    base: usize,
}

impl Window {
    /// Adds what follows.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Where the stream ends so far.
    pub fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    /// A slice of the stream, as far as it is held.
    pub fn slice(&self, from: usize, to: usize) -> &[u8] {
        let from = from.max(self.base) - self.base;
        let to = to.min(self.end()).max(self.base) - self.base;
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Lets go what stands before `to`.
    pub fn forget(&mut self, to: usize) {
        let gone = to.min(self.end()).saturating_sub(self.base);
        self.bytes.drain(..gone);
        self.base += gone;
    }
}
