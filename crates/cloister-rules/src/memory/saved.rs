//! The memory as bytes: numbers, lowest byte first, each list behind its length.

use super::{Bounded, Count, First, MOST_COUNTED, MOST_KEYS, MOST_MET, MOST_VALUES, Memory};

impl Memory {
    /// Appends all that is remembered.
    pub fn save(&self, bytes: &mut Vec<u8>) {
        let mut out = Out(bytes);
        out.length(self.met.order.len());
        self.met.order.iter().for_each(|request| out.key(*request));
        out.bounded(&self.counts, |out, count| {
            out.length(usize::from(count.over));
            out.length(count.times.len());
            for (at, thing) in &count.times {
                out.time(*at);
                out.key(*thing);
            }
        });
        out.bounded(&self.firsts, |out, first| {
            out.length(usize::from(first.since.is_some()));
            out.time(first.since.unwrap_or_default());
            out.length(first.values.len());
            first.values.iter().for_each(|value| out.key(*value));
        });
    }

    /// Reads it again; `None` where it is none, or is larger than a memory may be.
    pub fn read(bytes: &[u8]) -> Option<Memory> {
        let (mut from, mut memory) = (In(bytes), Memory::default());
        for _ in 0..from.length(MOST_MET)? {
            memory.meets(from.key()?);
        }
        let mut counted = 0;
        memory.counts = from.bounded(|from| {
            let over = from.length(1)? == 1;
            let mut count = Count { over, ..Count::default() };
            for _ in 0..from.length(MOST_COUNTED.saturating_sub(counted))? {
                count.times.push_back((from.time()?, from.key()?));
            }
            counted += count.times.len();
            Some(count)
        })?;
        memory.counted = counted;
        memory.firsts = from.bounded(|from| {
            let is_known = from.length(1)? == 1;
            let since = from.time()?;
            let mut first = First { since: is_known.then_some(since), values: Vec::new() };
            for _ in 0..from.length(MOST_VALUES)? {
                first.values.push(from.key()?);
            }
            Some(first)
        })?;
        from.0.is_empty().then_some(memory)
    }

    /// Forgets what belongs to single rules.
    pub fn forget_rules(&mut self) {
        (self.counts, self.firsts, self.counted) = (Bounded::default(), Bounded::default(), 0);
    }
}

struct Out<'a>(&'a mut Vec<u8>);

impl Out<'_> {
    fn length(&mut self, length: usize) {
        self.0.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn key(&mut self, key: u128) {
        self.0.extend(key.to_le_bytes());
    }

    fn time(&mut self, time: i64) {
        self.0.extend(time.to_le_bytes());
    }

    /// Those met longest ago first.
    fn bounded<T>(&mut self, all: &Bounded<T>, mut each: impl FnMut(&mut Self, &T)) {
        let mut ordered: Vec<_> = all.all.iter().collect();
        ordered.sort_unstable_by_key(|(_, (tick, _))| *tick);
        self.length(ordered.len());
        for (key, (_, value)) in ordered {
            self.key(*key);
            each(self, value);
        }
    }
}

struct In<'a>(&'a [u8]);

impl In<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn length(&mut self, most: usize) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take()?)).ok().filter(|length| *length <= most)
    }

    fn key(&mut self) -> Option<u128> {
        self.take().map(u128::from_le_bytes)
    }

    fn time(&mut self) -> Option<i64> {
        self.take().map(i64::from_le_bytes)
    }

    fn bounded<T: Default>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Bounded<T>> {
        let mut all = Bounded::default();
        for _ in 0..self.length(MOST_KEYS)? {
            let key = self.key()?;
            *all.entry(key) = each(self)?;
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Step = (u8, u128, u128, i64);

    fn step(memory: &mut Memory, (what, key, thing, at): Step) -> (bool, Option<u64>) {
        match what % 3 {
            0 => (memory.meets(thing), None),
            1 => (false, memory.count(key, thing, at, 3, 20)),
            _ => (memory.is_first(key, thing, at, 5), None),
        }
    }

    fn saved(memory: &Memory) -> Vec<u8> {
        let mut bytes = Vec::new();
        memory.save(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn who_goes_on_with_what_was_saved_remembers_the_same(
            steps in prop::collection::vec((any::<u8>(), 0_u128..4, 0_u128..9, 0_i64..60), 0..120),
            cut in any::<prop::sample::Index>(),
        ) {
            let (mut one, end) = (Memory::default(), cut.index(steps.len() + 1));
            steps[..end].iter().for_each(|one_step| { step(&mut one, *one_step); });
            let mut other = Memory::read(&saved(&one)).unwrap();
            prop_assert_eq!(saved(&other), saved(&one));
            for one_step in &steps[end..] {
                prop_assert_eq!(step(&mut one, *one_step), step(&mut other, *one_step));
            }
            prop_assert_eq!(saved(&other), saved(&one));
        }

        #[test]
        fn what_is_none_is_none(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in any::<prop::sample::Index>()) {
            let _ = Memory::read(&bytes);
            let mut memory = Memory::default();
            (0..9).for_each(|at| { step(&mut memory, (at, 1, u128::from(at), 1)); });
            let whole = saved(&memory);
            prop_assert!(Memory::read(&whole[..cut.index(whole.len())]).is_none());
        }
    }
}
