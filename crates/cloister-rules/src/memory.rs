//! What is remembered between events, within bounds: whoever makes up users, addresses and objects costs no memory without
//! end, and drives out only what was not met for longest.

mod saved;

use std::collections::VecDeque;
use std::hash::Hash;

use foldhash::{HashMap, HashSet};
use siphasher::sip128::{Hasher128, SipHasher13};

/// Events of which is remembered that they were judged.
const MOST_MET: usize = 1 << 17;
/// Of whom thresholds count, and of whom something is remembered.
const MOST_KEYS: usize = 1 << 15;
/// What thresholds count, all together.
const MOST_COUNTED: usize = 1 << 20;
/// What is remembered of one; what comes beyond takes the place of what was not met for longest.
const MOST_VALUES: usize = 64;

/// A hash that nobody finds two of: whoever asks chooses most of what goes into it.
pub(crate) fn key(parts: impl Hash) -> u128 {
    let mut hasher = SipHasher13::new();
    parts.hash(&mut hasher);
    hasher.finish128().as_u128()
}

/// Everything that is remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    met: Met,
    counts: Bounded<Count>,
    /// Over all of `counts`.
    counted: usize,
    firsts: Bounded<First>,
}

/// Requests that were judged.
#[derive(Debug, Default)]
struct Met {
    known: HashSet<u128>,
    order: VecDeque<u128>,
}

/// Keys with what belongs to them, those met last.
#[derive(Debug)]
struct Bounded<T> {
    all: HashMap<u128, (u64, T)>,
    tick: u64,
}

impl<T> Default for Bounded<T> {
    fn default() -> Bounded<T> {
        Bounded { all: HashMap::default(), tick: 0 }
    }
}

impl<T: Default> Bounded<T> {
    fn entry(&mut self, key: u128) -> &mut T {
        self.tick += 1;
        let (tick, value) = self.all.entry(key).or_default();
        *tick = self.tick;
        value
    }

    /// Forgets the half that was not met for longest, and hands it out.
    fn halve(&mut self, mut each: impl FnMut(T)) {
        let mut ticks: Vec<u64> = self.all.values().map(|(tick, _)| *tick).collect();
        let middle = ticks.len() / 2;
        if middle == 0 {
            return;
        }
        let (_, median, _) = ticks.select_nth_unstable(middle);
        let median = *median;
        self.all.extract_if(|_, (tick, _)| *tick < median).for_each(|(_, (_, value))| each(value));
    }
}

/// What a threshold counts of one, by time; each thing once, when it was met last.
#[derive(Debug, Default)]
struct Count {
    times: VecDeque<(i64, u128)>,
    /// Whether it was over at the last look.
    over: bool,
}

/// What is known of one.
#[derive(Debug, Default)]
struct First {
    since: Option<i64>,
    /// Met last at the end.
    values: Vec<u128>,
}

impl Memory {
    /// Whether this request is met for the first time.
    pub fn meets(&mut self, request: u128) -> bool {
        if !self.met.known.insert(request) {
            return false;
        }
        self.met.order.push_back(request);
        if self.met.order.len() > MOST_MET
            && let Some(oldest) = self.met.order.pop_front()
        {
            self.met.known.remove(&oldest);
        }
        true
    }

    /// Counts one more thing, and says how many it takes to the detection where there are more than `most` within `within`:
    /// at first all of them, then each by itself.
    pub fn count(&mut self, key: u128, thing: u128, at: i64, most: usize, within: i64) -> Option<u64> {
        if self.counts.all.len() >= MOST_KEYS || self.counted >= MOST_COUNTED {
            let counted = &mut self.counted;
            self.counts.halve(|count| *counted -= count.times.len());
        }
        let count = self.counts.entry(key);
        let before = count.times.len();
        let over = count.add(thing, at, most, within);
        self.counted = self.counted + count.times.len() - before;
        over
    }

    /// Whether a value is new for somebody of whom others have been known for so long.
    pub fn is_first(&mut self, key: u128, value: u128, at: i64, after: i64) -> bool {
        if self.firsts.all.len() >= MOST_KEYS {
            self.firsts.halve(drop);
        }
        let first = self.firsts.entry(key);
        let Some(since) = first.since else {
            *first = First { since: Some(at), values: vec![value] };
            return false;
        };
        // Logs of several servers run into each other.
        first.since = Some(since.min(at));
        let known = first.values.iter().position(|known| *known == value);
        match known {
            Some(place) => first.values.remove(place),
            None if first.values.len() >= MOST_VALUES => first.values.remove(0),
            None => value,
        };
        first.values.push(value);
        known.is_none() && at.saturating_sub(since) >= after
    }
}

impl Count {
    fn add(&mut self, thing: u128, at: i64, most: usize, within: i64) -> Option<u64> {
        let known = self.times.iter().position(|(_, known)| *known == thing);
        let is_new = known.is_none();
        // The later of both counts.
        let at_last = known.and_then(|place| self.times.remove(place)).map_or(at, |(before, _)| before.max(at));
        let place = self.times.iter().rposition(|(time, _)| *time <= at_last).map_or(0, |place| place + 1);
        self.times.insert(place, (at_last, thing));
        if self.times.len() > most + 1 {
            self.times.pop_front();
        }
        let (first, last) = (self.times.front()?.0, self.times.back()?.0);
        let over = self.times.len() > most && last.saturating_sub(first) <= within;
        let was_over = std::mem::replace(&mut self.over, over);
        match (over, was_over) {
            (true, false) => u64::try_from(self.times.len()).ok(),
            (true, true) if is_new => Some(1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Over the limit, as one would write it without minding memory.
    fn naive(things: &[(u128, i64)], most: usize, within: i64) -> bool {
        let latest: HashMap<u128, i64> = things.iter().fold(HashMap::default(), |mut latest, (thing, at)| {
            let time = latest.entry(*thing).or_insert(*at);
            *time = (*time).max(*at);
            latest
        });
        let mut times: Vec<i64> = latest.into_values().collect();
        times.sort_unstable();
        let kept = times.len().saturating_sub(most + 1);
        let times = times.get(kept..).unwrap_or_default();
        times.len() > most && times.last().zip(times.first()).is_some_and(|(last, first)| last - first <= within)
    }

    proptest! {
        #[test]
        fn thresholds_are_those_that_one_counts_by_hand(
            things in prop::collection::vec((0_u128..12, 0_i64..40), 1..60), most in 1_usize..6, within in 0_i64..30,
        ) {
            let mut memory = Memory::default();
            // Events of one server come in the order of their times.
            let mut things = things;
            things.sort_by_key(|(_, at)| *at);
            let mut was_over = false;
            for end in 1..=things.len() {
                let (thing, at) = things[end - 1];
                let seen = things[..end - 1].iter().any(|(known, _)| *known == thing);
                let told = memory.count(1, thing, at, most, within);
                let over = naive(&things[..end], most, within);
                prop_assert!(!over || told.is_some() || seen || was_over);
                prop_assert!(over || told.is_none());
                was_over = over;
            }
        }

        #[test]
        fn a_request_is_met_once(requests in prop::collection::vec(0_u128..50, 0..200)) {
            let mut memory = Memory::default();
            let mut known = std::collections::HashSet::new();
            for request in requests {
                prop_assert_eq!(memory.meets(request), known.insert(request));
            }
        }
    }

    #[test]
    fn memory_is_bounded_whoever_makes_up_names() {
        let mut memory = Memory::default();
        for number in 0..300_000_u128 {
            memory.meets(number);
            memory.count(number % 70_000, number, 0, 100, 10);
            memory.is_first(number, number, 0, 0);
            memory.is_first(7, number, 1, 0);
        }
        assert!(memory.met.known.len() <= MOST_MET && memory.met.order.len() <= MOST_MET);
        assert!(memory.counts.all.len() <= MOST_KEYS && memory.firsts.all.len() <= MOST_KEYS);
        let counted: usize = memory.counts.all.values().map(|(_, count)| count.times.len()).sum();
        assert!(counted == memory.counted && counted <= MOST_COUNTED, "{counted} {}", memory.counted);
        assert!(memory.firsts.all.values().all(|(_, first)| first.values.len() <= MOST_VALUES));
    }

    #[test]
    fn what_comes_first_is_learnt_and_what_is_new_later_is_told() {
        let mut memory = Memory::default();
        assert!(!memory.is_first(1, 10, 0, 5), "the first of all");
        assert!(!memory.is_first(1, 11, 3, 5), "still learning");
        assert!(memory.is_first(1, 12, 5, 5));
        assert!(!memory.is_first(1, 12, 9, 5) && !memory.is_first(1, 10, 9, 5), "known");
        assert!(!memory.is_first(2, 12, 9, 5), "of somebody else");
    }
}
