//! What is kept of one side.

use super::Open;
use super::framing::Framing;
use crate::content::Content;
use crate::gather::Gather;

/// Where a side is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// A head comes.
    #[default]
    Head,
    /// A body comes.
    Body(Framing),
    /// Somewhere: the next head must be found.
    Lost,
}

/// One side.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) state: State,
    pub(super) gather: Gather,
    pub(super) open: Option<Open>,
    /// A line of what lies between, where the next head is looked for.
    pub(super) line: Vec<u8>,
}

impl Stream {
    /// Passes over bytes that were not seen; false where the way is lost.
    pub(super) fn skip(&mut self, bytes: u64) -> bool {
        let State::Body(framing) = &mut self.state else { return false };
        if !framing.skip(bytes) {
            return false;
        }
        if let Some(open) = &mut self.open {
            open.whole = false;
            if let Some(content) = &mut open.content {
                content.lost();
            }
        }
        true
    }

    pub(super) fn held(&self) -> usize {
        let content =
            self.open.as_ref().and_then(|open| open.content.as_ref()).map_or(0, |it| size_of::<Content>() + it.held());
        self.gather.held() + content + self.line.capacity()
    }
}
