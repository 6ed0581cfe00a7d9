//! A conversation: the reader of one protocol on one connection.

use crate::Side;
use crate::message::{MessageId, Protocol, Sink};

/// What a reader made of the bytes that it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    Reads,
    /// From here on, both sides speak another protocol (an upgrade, STARTTLS); `read` of the bytes just given belonged
    /// to this one, the rest and all that follows to the other.
    Becomes {
        /// What they speak from here on; [`Protocol::Unknown`] where their first bytes will tell.
        protocol: Protocol,
        /// How many of the bytes just given were read.
        read: usize,
    },
    /// This is not that protocol, or it cannot find its way again: what follows is searched as text.
    Strange,
}

/// How much a reader may hold or believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a head, a frame's own fields, a name: longer is trouble.
    pub head: usize,
    /// Bytes that a body may become when it is decompressed.
    pub decompressed: u64,
    /// Messages of one connection that are open at once.
    pub open: usize,
    /// Levels of nesting in a value.
    pub depth: usize,
    /// Bytes that the reader of one connection may hold: with more, it gives up.
    pub held: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { head: 64 << 10, decompressed: 64 << 20, open: 256, depth: 32, held: 16 << 20 }
    }
}

/// Reads one protocol on one connection.
pub trait Conversation: Send {
    /// The next bytes of one side.
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress;

    /// So many bytes of one side were not seen; 0 where its beginning was not.
    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress;

    /// One side says no more: what is open of it ends.
    fn finish(&mut self, side: Side, sink: &mut dyn Sink);

    /// How many bytes it holds, for the books of memory.
    fn held(&self) -> usize;

    /// After [`Progress::Becomes`]: the reader that goes on, where this one knows more of it than the name of the
    /// protocol. Its messages are numbered from `first`.
    fn successor(&mut self, first: MessageId) -> Option<Box<dyn Conversation>> {
        let _ = first;
        None
    }

    /// After [`Progress::Becomes`]: what it held of a side that belongs to what is spoken from here on.
    fn left(&mut self, side: Side) -> Vec<u8> {
        let _ = side;
        Vec::new()
    }
}
