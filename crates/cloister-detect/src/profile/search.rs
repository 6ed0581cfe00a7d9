//! What the engine finds in a stream, and what detectors of one's own find, in order.

use std::collections::VecDeque;

use super::Profile;
use super::custom::{Custom, LONGEST, NEAR};
use crate::detection::Detection;
use crate::engine::{LONGEST as LONGEST_VALUE, Stream};

/// Detectors of one's own look at so many bytes at once. Blocks stand at fixed places of a stream, so that the pieces
/// in which it arrives change nothing.
pub(super) const BLOCK: usize = 8 * 1024;
/// The engine has told everything that starts so far before what it holds: values are cut at their greatest length,
/// and a little stands around them.
pub(super) const BEHIND: usize = LONGEST_VALUE + 1024;

/// A detection, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What was recognised.
    pub detection: Detection,
    /// Which detector of the profile found it; none where the engine did.
    pub(super) custom: Option<usize>,
    /// One of its words stands before it.
    pub(super) announced: bool,
    /// It counts only where the name of its field says a word of it.
    pub(super) waits: bool,
}

impl Hit {
    pub(super) fn of_engine(detection: Detection) -> Hit {
        Hit { detection, custom: None, announced: false, waits: false }
    }
}

/// Looks through a stream, as [`Stream`] does, with the detectors of a profile too.
pub struct Search<'p> {
    stream: Stream,
    detectors: &'p [Custom],
    own: Option<Own>,
}

impl<'p> Search<'p> {
    /// For the value of `field`; empty where it has no name.
    pub fn new(profile: &'p Profile, field: &str) -> Search<'p> {
        Search::over(profile, Stream::new(field))
    }

    /// For a stream that was made ready.
    pub fn over(profile: &'p Profile, stream: Stream) -> Search<'p> {
        let detectors = profile.detectors.as_slice();
        Search { stream, detectors, own: (!detectors.is_empty()).then(|| Own::new(detectors)) }
    }

    /// What is found in the whole value of a field, by its name too.
    pub fn whole(profile: &'p Profile, field: &str, value: &str) -> Vec<Hit> {
        let engine = Stream::whole(field, value).into_iter().map(Hit::of_engine);
        if profile.detectors.is_empty() {
            return engine.collect();
        }
        let mut own = Own::new(&profile.detectors);
        own.engine.extend(engine);
        own.all(&profile.detectors, value.as_bytes())
    }

    /// The next bytes; says what can no more change.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Hit> {
        let engine = self.stream.push(bytes).into_iter().map(Hit::of_engine);
        let Some(own) = &mut self.own else { return engine.collect() };
        own.engine.extend(engine);
        own.push(self.detectors, bytes);
        own.take(own.told(self.stream.held()))
    }

    /// How many bytes of the stream may yet be told of.
    pub fn pending(&self) -> usize {
        self.stream.held() + BEHIND + if self.own.is_some() { BLOCK + LONGEST } else { 0 }
    }

    /// No more bytes come.
    pub fn finish(self) -> Vec<Hit> {
        let engine = self.stream.finish().into_iter().map(Hit::of_engine);
        let Some(mut own) = self.own else { return engine.collect() };
        own.engine.extend(engine);
        own.end(self.detectors);
        own.take(usize::MAX)
    }
}

/// What the detectors of a profile look at, and what waits to be put in order.
pub(super) struct Own {
    held: Vec<u8>,
    /// Where `held` starts in the stream.
    base: usize,
    /// What starts before has been looked for.
    decided: usize,
    /// Where the last match of each ended.
    ends: Vec<usize>,
    pub(super) engine: VecDeque<Hit>,
    found: VecDeque<Hit>,
    /// What the next one may yet overlap.
    last: Option<Hit>,
}

impl Own {
    pub(super) fn new(detectors: &[Custom]) -> Own {
        let ends = vec![0; detectors.len()];
        let (engine, found) = Default::default();
        Own { held: Vec::new(), base: 0, decided: 0, ends, engine, found, last: None }
    }

    /// What is found in a text that is there as a whole, with what the engine found.
    pub(super) fn all(&mut self, detectors: &[Custom], bytes: &[u8]) -> Vec<Hit> {
        self.push(detectors, bytes);
        self.end(detectors);
        self.take(usize::MAX)
    }

    /// All that starts before is known, where the engine holds so many bytes.
    pub(super) fn told(&self, engine: usize) -> usize {
        (self.base + self.held.len()).saturating_sub(engine + BEHIND).min(self.decided)
    }

    /// Where the first starts that was not handed out, of what is known.
    pub(super) fn open(&self) -> Option<usize> {
        self.last.as_ref().map(|last| last.detection.offset)
    }

    pub(super) fn push(&mut self, detectors: &[Custom], bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        while self.base + self.held.len() >= self.decided + BLOCK + LONGEST {
            self.look(detectors, self.decided + BLOCK, false);
        }
        let gone = self.decided.saturating_sub(NEAR).saturating_sub(self.base);
        self.held.drain(..gone);
        self.base += gone;
    }

    pub(super) fn end(&mut self, detectors: &[Custom]) {
        let all = self.base + self.held.len();
        while self.decided < all {
            let to = all.min(self.decided + BLOCK);
            self.look(detectors, to, to + LONGEST >= all);
        }
    }

    /// Looks for what starts between what is decided and `to`.
    fn look(&mut self, detectors: &[Custom], to: usize, ends: bool) {
        // A window of its own: what lies around a block is the same in whatever pieces it came.
        let first = self.decided.saturating_sub(NEAR).max(self.base) - self.base;
        let last = (to + LONGEST - self.base).min(self.held.len());
        let window = self.held.get(first..last).unwrap_or_default();
        let at = self.base + first;
        let mut found = Vec::new();
        for ((index, custom), end) in detectors.iter().enumerate().zip(&mut self.ends) {
            let mut from = self.decided.max(*end) - at;
            while let Some(next) = custom.next(window, from.min(window.len())).filter(|next| at + next.start < to) {
                // A pattern that matches nothing is refused before.
                from = next.end.max(next.start + 1);
                // What reaches the end of the window may go on.
                let whole = next.end - next.start <= LONGEST && (ends || next.end < window.len());
                if let Some(value) = next.value.filter(|_| whole) {
                    let before = line_before(window, value.start);
                    found.push(custom.hit(index, at + value.start, value.len(), before));
                }
            }
            *end = at + from;
        }
        found.sort_by_key(|hit| (hit.detection.offset, hit.custom));
        self.found.extend(found);
        self.decided = to;
    }

    /// What starts before `told`, in order and without overlap: of two at one place, the surer; of equals, one's own.
    pub(super) fn take(&mut self, told: usize) -> Vec<Hit> {
        let mut taken = Vec::new();
        while let Some(next) = self.next(told) {
            match self.last.as_mut().filter(|last| next.detection.offset < last.detection.end()) {
                Some(last) if outranks(&next, last) => *last = next,
                Some(_) => {}
                None => taken.extend(self.last.replace(next)),
            }
        }
        // Whatever overlaps it starts before its end.
        taken.extend(self.last.take_if(|last| last.detection.end() <= told));
        taken
    }

    fn next(&mut self, told: usize) -> Option<Hit> {
        let start = |queue: &VecDeque<Hit>| queue.front().map_or(usize::MAX, |hit| hit.detection.offset);
        let queue = if start(&self.engine) <= start(&self.found) { &mut self.engine } else { &mut self.found };
        queue.pop_front_if(|hit| hit.detection.offset < told)
    }
}

fn outranks(next: &Hit, last: &Hit) -> bool {
    let rank = |hit: &Hit| (!hit.waits, hit.detection.confidence, hit.custom.is_some());
    rank(next) > rank(last)
}

fn line_before(window: &[u8], at: usize) -> &[u8] {
    let near = window.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    memchr::memrchr(b'\n', near).map_or(near, |end| near.get(end + 1..).unwrap_or_default())
}
