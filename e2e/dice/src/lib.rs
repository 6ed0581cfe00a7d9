//! Random choices that a seed repeats: the generator SplitMix64 (Steele, Lea and Flood, 2014).

#![allow(clippy::disallowed_methods)] // a fresh seed comes from the clock

/// A source of choices.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The choices of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed that nobody chose, from the clock.
    pub fn fresh_seed() -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // Short enough to type again.
        Self::new(now.as_secs() ^ u64::from(now.subsec_nanos())).number() % 1_000_000
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % limit).unwrap_or(0)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the choices, or the default of their type when there are none.
    pub fn pick<T: Clone + Default>(&mut self, choices: &[T]) -> T {
        choices.get(self.below(choices.len())).cloned().unwrap_or_default()
    }

    /// Each of the choices in `percent` of 100 cases, in their order.
    pub fn some<T: Clone>(&mut self, choices: &[T], percent: usize) -> Vec<T> {
        choices.iter().filter(|_| self.chance(percent)).cloned().collect()
    }
}
