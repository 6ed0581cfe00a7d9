//! What is usual, learnt: for each policy, reader, store and category how many records a window holds. No value is kept,
//! nor any name but those of workloads and hosts that findings show too.

mod file;
mod sketch;

use std::sync::Arc;

use cloister_detect::Category;
use foldhash::HashMap;

use crate::policy::Learnt;
pub use file::Unreadable;
use sketch::Sketch;

/// So many are kept: those that were not used for the longest time make room.
const MOST: usize = 4096;
/// Fewer windows say nothing, however old they are.
const FEWEST: u64 = 30;

/// Who reads what where, by which policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Reader {
    pub policy: Arc<str>,
    /// Who gets the data.
    pub reader: Arc<str>,
    /// Who hands it out.
    pub store: Arc<str>,
    pub category: Category,
}

/// What was learnt.
#[derive(Debug, Default, PartialEq)]
pub struct Baselines {
    all: HashMap<Reader, Learned>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Learned {
    /// How long its windows are, in microseconds.
    within: u64,
    sketch: Sketch,
}

/// What a window may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// More are too many.
    pub records: u64,
    /// What is usual at most; none while it is learnt.
    pub usual: Option<u64>,
}

impl Baselines {
    /// What a window that begins at `time` may hold; none while it is learnt.
    pub(crate) fn bound(&self, reader: &Reader, within: u64, learnt: &Learnt, time: u64) -> Option<Bound> {
        let known = self.all.get(reader).filter(|known| known.within == within)?;
        let old = time.saturating_sub(known.sketch.since) >= learnt.warm_up;
        if !old || known.sketch.windows < FEWEST {
            return None;
        }
        let usual = known.sketch.usual(time);
        Some(Bound { records: usual.saturating_mul(learnt.times).max(learnt.at_least), usual: Some(usual) })
    }

    /// A window that is over. What was too much counts as the most that was not: who reads more and more is found each
    /// time, and moves what is usual by steps alone.
    pub(crate) fn add(&mut self, reader: Reader, within: u64, start: u64, records: u64, bound: Option<Bound>) {
        if self.all.len() >= MOST && !self.all.contains_key(&reader) {
            self.make_room();
        }
        let known = self.all.entry(reader).or_default();
        if known.within != within {
            *known = Learned { within, ..Learned::default() };
        }
        known.sketch.add(start, bound.map_or(records, |bound| records.min(bound.records)));
    }

    fn make_room(&mut self) {
        let mut last: Vec<u64> = self.all.values().map(|it| it.sketch.last).collect();
        last.sort_unstable();
        let until = last.get(last.len() / 8).copied().unwrap_or(0);
        self.all.retain(|_, it| it.sketch.last > until);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Bytes that they hold, about.
    pub fn held(&self) -> usize {
        self.all.values().map(|it| it.sketch.held() + 128).sum()
    }
}
