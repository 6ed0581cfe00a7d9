//! What the finders found, put in order.

use std::collections::VecDeque;

use crate::detection::Detection;

/// A detection, and the place that gave it away: what lies behind the end of
/// what is decided is found again later.
#[derive(Debug)]
pub struct Found {
    pub anchor: usize,
    pub detection: Detection,
}

/// Detections in order, of which those overlap no more that leave it.
#[derive(Debug, Default)]
pub struct Settled {
    waiting: Vec<Detection>,
    done: VecDeque<Detection>,
}

impl Settled {
    /// Takes what was found before `decided`; what starts before `certain`, both in the stream, can be put in order:
    /// nothing that starts there will follow.
    pub fn take(&mut self, found: impl Iterator<Item = Detection>, certain: usize) {
        self.waiting.extend(found);
        self.waiting.sort_by(|a, b| {
            (a.offset, b.confidence, b.length, a.kind).cmp(&(b.offset, a.confidence, a.length, b.kind))
        });
        let ready = self.waiting.partition_point(|one| one.offset < certain);
        for next in self.waiting.drain(..ready) {
            match self.done.back_mut() {
                Some(last) if next.offset < last.end() => merge(last, next),
                _ => self.done.push_back(next),
            }
        }
        // Most of the time there is nothing: a stream that waits holds nothing for it.
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
    }

    /// The next one that can no more change, since nothing follows that starts before `certain`.
    pub fn next(&mut self, certain: usize) -> Option<Detection> {
        let first = self.done.pop_front_if(|first| first.end() <= certain);
        if first.is_some() && self.done.is_empty() {
            self.done = VecDeque::new();
        }
        first
    }

    /// Where the first one starts that is not handed out yet, or may still change, among those that start before
    /// `certain`; `certain`, where there is none.
    pub fn open(&self, certain: usize) -> usize {
        self.done.front().map_or(certain, |first| first.offset.min(certain))
    }
}

/// What overlaps is masked as one; it keeps the name of the surer, then of the longer.
fn merge(last: &mut Detection, next: Detection) {
    let end = last.end().max(next.end());
    if (next.confidence, next.length) > (last.confidence, last.length) {
        let offset = last.offset;
        *last = next;
        last.offset = offset;
    }
    last.length = end - last.offset;
}
