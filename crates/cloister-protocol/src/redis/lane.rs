//! One side: its items are walked through, and told by whoever knows what they mean on that side.

use super::Shared;
use super::resp::{Event, Resp};
use crate::{Progress, Sink};

/// Tells what a side says.
pub(super) trait Teller: Default {
    /// Commands may be typed on this side.
    const INLINE: bool;

    /// The next item or piece of one, in so many collections.
    fn on(&mut self, event: Event<'_>, depth: usize, shared: &mut Shared, sink: &mut dyn Sink);

    /// Something of what is told now was missed.
    fn gap(&mut self);

    /// No more of it comes: what is open ends.
    fn cut_short(&mut self, sink: &mut dyn Sink);

    fn held(&self) -> usize;
}

#[derive(Debug)]
pub(super) struct Lane<T> {
    resp: Resp,
    teller: T,
}

impl<T: Teller> Lane<T> {
    pub(super) fn new() -> Lane<T> {
        Lane { resp: Resp::new(T::INLINE), teller: T::default() }
    }

    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let limits = shared.limits;
        let teller = &mut self.teller;
        self.resp.push(bytes, &limits, &mut |event, depth| teller.on(event, depth, shared, sink))
    }

    /// So many bytes were missed; whether they lay within one string.
    pub(super) fn lost(&mut self, bytes: u64, sink: &mut dyn Sink) -> bool {
        let within = self.resp.lost(bytes);
        self.teller.gap();
        if !within {
            self.teller.cut_short(sink);
        }
        within
    }

    pub(super) fn finish(&mut self, sink: &mut dyn Sink) {
        self.teller.cut_short(sink);
    }

    pub(super) fn held(&self) -> usize {
        self.resp.held() + self.teller.held()
    }
}
