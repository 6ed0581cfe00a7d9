//! What is remembered of connections that are asked for, and of those that have ended: a table of fixed size, in which
//! new ones take the place of old ones. A flood of either costs nothing.

/// How many places an entry may be in.
const WAYS: usize = 4;
/// Sets of places.
const SETS: usize = 1 << 13;

#[derive(Clone, Copy, Default)]
struct Slot<T> {
    /// The whole hash, which nobody can foretell: another connection has the same once in 2^64.
    hash: u64,
    /// When it was put there, in milliseconds; 0 for a free one.
    time: u64,
    value: T,
}

/// Values by a keyed hash, for a while.
pub(crate) struct Recent<T> {
    /// Made when the first comes.
    sets: Vec<[Slot<T>; WAYS]>,
}

impl<T: Copy + Default> Recent<T> {
    pub(crate) fn new() -> Recent<T> {
        Recent { sets: Vec::new() }
    }

    fn set(&mut self, hash: u64) -> Option<&mut [Slot<T>; WAYS]> {
        // The upper half: the lower one chooses places in the table of flows.
        let at = usize::try_from(hash >> 32).unwrap_or_default() % SETS;
        self.sets.get_mut(at)
    }

    /// Remembers it, instead of the oldest where there is no room.
    pub(crate) fn put(&mut self, hash: u64, time: u64, value: T) {
        if self.sets.is_empty() {
            self.sets = vec![[Slot::default(); WAYS]; SETS];
        }
        let Some(set) = self.set(hash) else { return };
        let slot = match set.iter_mut().position(|slot| slot.time > 0 && slot.hash == hash) {
            Some(at) => set.get_mut(at),
            None => set.iter_mut().min_by_key(|slot| slot.time),
        };
        if let Some(slot) = slot {
            *slot = Slot { hash, time: time.max(1), value };
        }
    }

    /// What was put there at `since` or later.
    pub(crate) fn get(&mut self, hash: u64, since: u64) -> Option<T> {
        let slot = self.set(hash)?.iter().find(|slot| slot.time > 0 && slot.hash == hash)?;
        (slot.time >= since).then_some(slot.value)
    }

    pub(crate) fn forget(&mut self, hash: u64) {
        if let Some(set) = self.set(hash) {
            set.iter_mut().filter(|slot| slot.hash == hash).for_each(|slot| slot.time = 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn a_flood_drives_out_the_oldest_and_needs_no_more_room() {
        let mut recent = Recent::new();
        for number in 1..=1_000_000_u64 {
            recent.put(number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number, number);
        }
        let sizes = (recent.sets.len(), recent.sets.capacity());
        assert_eq!(sizes, (super::SETS, super::SETS));
        let last = 1_000_000_u64.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        assert_eq!(recent.get(last, 0), Some(1_000_000));
        assert_eq!(recent.get(last, 1_000_001), None);
        recent.forget(last);
        assert_eq!(recent.get(last, 0), None);
        assert_eq!(recent.get(0x9e37_79b9_7f4a_7c15, 0), None);
    }
}
