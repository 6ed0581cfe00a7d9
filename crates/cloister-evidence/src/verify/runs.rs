//! Sets of entries' numbers that mostly follow each other.

/// First and last of each run.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<(u64, u64)>);

impl Runs {
    /// Adds a number that is larger than those before.
    pub(super) fn add(&mut self, index: u64) {
        self.add_run(index, index);
    }

    pub(super) fn add_run(&mut self, first: u64, last: u64) {
        match self.0.last_mut() {
            Some((_, end)) if *end + 1 == first => *end = last,
            _ => self.0.push((first, last)),
        }
    }

    /// Needed before [`Runs::has`], where runs were not added in order: those that overlap become one.
    pub(super) fn sort(&mut self) {
        self.0.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (first, last) in self.0.drain(..) {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        self.0 = merged;
    }

    pub(super) fn has(&self, index: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= index);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, last)| index <= *last)
    }

    pub(super) fn each(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn runs_in_any_order_are_one_set() {
        let mut runs = Runs::default();
        for (first, last) in [(7, 9), (1, 1), (2, 3), (8, 12), (20, 20)] {
            runs.add_run(first, last);
        }
        runs.sort();
        let all: Vec<u64> = runs.each().collect();
        assert_eq!(all, [1, 2, 3, 7, 8, 9, 10, 11, 12, 20]);
        assert!((0..30).all(|index| runs.has(index) == all.contains(&index)));
    }
}
