//! What one message holds, counted by category and place: values are not kept.

use cloister_detect::Category;
use cloister_detect::profile::{Live, Met, Owners};

use crate::aggregate::Tally;
use crate::judge::{Seen, Where};
use crate::lens::Lens;
use crate::reading::Recognised;

/// So many places are told apart in one message.
const PLACES: usize = 64;
/// So many hashes are kept for one place until they are counted.
const HASHES: usize = 4096;

/// The tallies of one message.
#[derive(Debug, Default)]
pub struct Tallies {
    all: Vec<Tally>,
    live: Option<Box<Live>>,
    met: Vec<Met>,
    /// What lists let through, for whoever asks why.
    allowed: Vec<Allowed>,
    /// Which of its values is read, so that records of two bodies are not taken for one.
    value: u64,
    /// Records within its values that hold personal data, and the last of them.
    records: u64,
    last: Option<u64>,
}

/// Values that a list lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Whose list.
    pub(crate) owner: usize,
    /// Its reason.
    pub(crate) reason: Box<str>,
    /// What kind of data.
    pub(crate) category: Category,
    /// How many.
    pub(crate) count: u64,
}

impl Tallies {
    /// Another value begins.
    pub fn next_value(&mut self) {
        self.value += 1;
    }

    /// Takes what was recognised, in the message's row `row`, unless it was made for tests; says whether it counts for
    /// anybody. What rules are met with it is at hand until the next one.
    pub fn take(&mut self, lens: &Lens, recognised: &mut Recognised, row: u64) -> bool {
        self.met.clear();
        if recognised.detection().test_data {
            return false;
        }
        for (owner, reason) in &recognised.allowed {
            self.allow(*owner, reason, recognised.detection().category);
        }
        if recognised.counts_for().is_empty() {
            return false;
        }
        if recognised.detection().category.is_personal() && recognised.record.is_some() {
            let record = self.record(recognised, row);
            self.records += u64::from(self.last != record);
            self.last = record;
        }
        if !lens.is_plain() {
            let record = self.record(recognised, row);
            let live = self.live.get_or_insert_default();
            live.take(&lens.several, &mut recognised.sight, record, recognised.line, &mut self.met);
        }
        let detection = recognised.sight.detection();
        self.count(&One {
            category: detection.category,
            kind: detection.kind,
            confidence: detection.confidence,
            place: recognised.place,
            field: &recognised.field,
            hash: recognised.hash,
            counts_for: recognised.counts_for(),
            is_rule: false,
        });
        for met in std::mem::take(&mut self.met) {
            if met.first {
                self.count(&One::of_rule(&met, recognised));
            }
            self.met.push(met);
        }
        true
    }

    /// What a judge asks of the value that was last taken, and of each rule that it met: the first, again or not.
    pub fn asked<'a>(&'a self, recognised: &'a Recognised) -> impl Iterator<Item = Seen<'a>> {
        let detection = recognised.sight.detection();
        let value = Seen {
            category: detection.category,
            confidence: detection.confidence,
            place: recognised.place,
            field: &recognised.field,
            counts_for: recognised.counts_for(),
            is_rule: false,
            all: &self.all,
        };
        let rule = move |met: &Met| Seen {
            category: met.category,
            confidence: met.confidence,
            counts_for: Owners::only(met.owner),
            is_rule: true,
            ..value
        };
        std::iter::once(value).chain(self.met.iter().map(rule))
    }

    /// The tallies so far.
    pub fn all(&self) -> &[Tally] {
        &self.all
    }

    /// The same, taken out: counting begins anew.
    pub fn drain(&mut self) -> Vec<Tally> {
        std::mem::take(&mut self.all)
    }

    /// How many records within its values hold personal data: objects of a list, rows of a table. Taken out.
    pub fn drain_records(&mut self) -> u64 {
        std::mem::take(&mut self.records)
    }

    /// What lists let through, taken out.
    pub fn drain_allowed(&mut self) -> Vec<Allowed> {
        std::mem::take(&mut self.allowed)
    }

    /// Whether there is nothing to tell.
    pub fn is_silent(&self) -> bool {
        self.all.is_empty() && self.allowed.is_empty()
    }

    /// How many values were counted.
    pub fn values(&self) -> u64 {
        self.all.iter().filter(|tally| !tally.is_rule).map(|tally| tally.count).sum()
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        let live = if self.live.is_some() { 4096 } else { 0 };
        self.all.iter().map(|it| it.hashes.len() * 8 + it.field.len() + 112).sum::<usize>() + live
    }

    /// Rows and objects are records, told apart over all values of the message; a text has none.
    fn record(&self, recognised: &Recognised, row: u64) -> Option<u64> {
        match (recognised.place, recognised.record) {
            (_, Some(start)) => Some((((self.value << 40) | start) << 1) | 1),
            (Where::Body | Where::Text, None) => None,
            (_, None) => Some(row << 1),
        }
    }

    fn allow(&mut self, owner: usize, reason: &str, category: Category) {
        let same = |it: &Allowed| it.owner == owner && it.category == category && *it.reason == *reason;
        let known = self.allowed.iter().position(same);
        let full = self.allowed.len() >= PLACES;
        match known.and_then(|at| self.allowed.get_mut(at)) {
            Some(known) => known.count += 1,
            None if full => {}
            None => self.allowed.push(Allowed { owner, reason: reason.into(), category, count: 1 }),
        }
    }

    fn count(&mut self, one: &One<'_>) {
        let same = |it: &Tally| one.is_like(it) && it.place == one.place && *it.field == *one.field;
        // Beyond, places are told apart no more.
        let crowded = || self.all.iter().position(|it| self.all.len() >= PLACES && one.is_like(it));
        let known = self.all.iter().position(same).or_else(crowded);
        match known.and_then(|number| self.all.get_mut(number)) {
            Some(tally) => {
                tally.count += 1;
                if tally.hashes.len() < HASHES {
                    tally.hashes.extend(one.hash);
                }
            }
            None => self.all.push(one.tally()),
        }
    }
}

/// One more value, or record in which a rule was met.
struct One<'a> {
    category: Category,
    kind: &'static str,
    confidence: cloister_detect::Confidence,
    place: Where,
    field: &'a str,
    hash: Option<u64>,
    counts_for: Owners,
    is_rule: bool,
}

impl<'a> One<'a> {
    /// Of a rule: the record, not the value by which it was met.
    fn of_rule(met: &Met, recognised: &'a Recognised) -> One<'a> {
        One {
            category: met.category,
            kind: met.kind,
            confidence: met.confidence,
            place: recognised.place,
            field: recognised.field.rsplit_once('/').map_or("", |(above, _)| above),
            hash: None,
            counts_for: Owners::only(met.owner),
            is_rule: true,
        }
    }

    fn is_like(&self, tally: &Tally) -> bool {
        self.kind == tally.kind
            && self.category == tally.category
            && self.confidence == tally.confidence
            && self.counts_for == tally.counts_for
            && self.is_rule == tally.is_rule
    }

    fn tally(&self) -> Tally {
        Tally {
            category: self.category,
            kind: self.kind,
            confidence: self.confidence,
            place: self.place,
            field: self.field.into(),
            count: 1,
            hashes: self.hash.into_iter().collect(),
            counts_for: self.counts_for,
            is_rule: self.is_rule,
        }
    }
}
