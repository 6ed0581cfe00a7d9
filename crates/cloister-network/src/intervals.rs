//! Sets of numbers as intervals, for ports and for addresses.

use std::fmt::Debug;
use std::hash::Hash;

use smallvec::{SmallVec, smallvec};

/// A number of which intervals are made.
pub trait Point: Copy + Ord + Hash + Debug {
    /// The first of all.
    const FIRST: Self;
    /// The last of all.
    const LAST: Self;
    /// The next one; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The one before; `None` before the first.
    fn previous(self) -> Option<Self>;
}

macro_rules! point {
    ($number:ty, $first:expr) => {
        impl Point for $number {
            const FIRST: Self = $first;
            const LAST: Self = <$number>::MAX;

            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn previous(self) -> Option<Self> {
                self.checked_sub(1).filter(|it| *it >= Self::FIRST)
            }
        }
    };
}

// Ports start at 1: port 0 can be named by nobody.
point!(u16, 1);
point!(u32, 0);
point!(u128, 0);

/// Most sets are one interval, and need no memory of their own.
type Parts<T> = SmallVec<[(T, T); 1]>;

/// A set: intervals with both ends in it, in order, that neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervals<T>(Parts<T>);

impl<T> Default for Intervals<T> {
    fn default() -> Intervals<T> {
        Intervals(SmallVec::new())
    }
}

impl<T: Point> Intervals<T> {
    /// Everything there is.
    pub fn everything() -> Intervals<T> {
        Intervals(smallvec![(T::FIRST, T::LAST)])
    }

    /// From one to the other, both in it; nothing when they are the wrong way round.
    pub fn between(first: T, last: T) -> Intervals<T> {
        Intervals(if first <= last { smallvec![(first, last)] } else { SmallVec::new() })
    }

    /// The intervals, in order.
    pub fn iter(&self) -> impl Iterator<Item = (T, T)> {
        self.0.iter().copied()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything is in it.
    pub fn is_everything(&self) -> bool {
        self.0.as_slice() == [(T::FIRST, T::LAST)]
    }

    /// Whether `point` is in it.
    pub fn contains(&self, point: T) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < point);
        self.0.get(at).is_some_and(|(first, _)| *first <= point)
    }

    /// What is in either.
    pub fn union(&self, other: &Intervals<T>) -> Intervals<T> {
        if self.is_empty() || other.is_everything() {
            return other.clone();
        }
        if other.is_empty() || self.is_everything() {
            return self.clone();
        }
        Intervals::of(self.iter().chain(other.iter()))
    }

    /// What is in any of these.
    pub fn of(parts: impl Iterator<Item = (T, T)>) -> Intervals<T> {
        let mut all: SmallVec<[(T, T); 4]> = parts.collect();
        all.sort_unstable();
        let mut joined: Parts<T> = SmallVec::new();
        for (first, last) in all {
            match joined.last_mut() {
                // Overlapping, or the one starts right behind the other.
                Some((_, end)) if end.next().is_none_or(|next| first <= next) => *end = last.max(*end),
                _ => joined.push((first, last)),
            }
        }
        Intervals(joined)
    }

    /// What is in both.
    pub fn intersection(&self, other: &Intervals<T>) -> Intervals<T> {
        let (mut ours, mut theirs) = (self.0.as_slice(), other.0.as_slice());
        let mut both = Parts::new();
        while let ([(first, last), rest @ ..], [(other_first, other_last), others @ ..]) = (ours, theirs) {
            let (from, to) = (*first.max(other_first), *last.min(other_last));
            if from <= to {
                both.push((from, to));
            }
            if last <= other_last { ours = rest } else { theirs = others }
        }
        Intervals(both)
    }

    /// What is not in it.
    pub fn complement(&self) -> Intervals<T> {
        let mut gaps = Parts::new();
        let mut from = Some(T::FIRST);
        for (first, last) in self.iter() {
            if let Some((from, to)) = from.zip(first.previous()).filter(|(from, to)| from <= to) {
                gaps.push((from, to));
            }
            from = last.next();
        }
        gaps.extend(from.map(|from| (from, T::LAST)));
        Intervals(gaps)
    }

    /// What is in this and not in the other.
    pub fn difference(&self, other: &Intervals<T>) -> Intervals<T> {
        if self.is_empty() || other.is_empty() {
            return self.clone();
        }
        self.intersection(&other.complement())
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &Intervals<T>) -> bool {
        self.0.iter().all(|(first, last)| {
            let at = other.0.partition_point(|(_, end)| end < first);
            other.0.get(at).is_some_and(|(start, end)| start <= first && last <= end)
        })
    }

    /// Whether nothing is in both.
    pub fn is_disjoint(&self, other: &Intervals<T>) -> bool {
        self.intersection(other).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Intervals;

    fn set(parts: &[(u16, u16)]) -> Intervals<u16> {
        parts.iter().fold(Intervals::default(), |set, (first, last)| set.union(&Intervals::between(*first, *last)))
    }

    #[test]
    fn what_touches_is_one_interval() {
        assert_eq!(set(&[(1, 79), (80, 80), (81, 65535)]), Intervals::everything());
        assert_eq!(set(&[(5, 9), (1, 3)]).0.as_slice(), [(1, 3), (5, 9)]);
        assert_eq!(set(&[(65535, 65535), (1, 65534)]), Intervals::everything());
    }

    #[test]
    fn the_ends_belong_to_it() {
        assert_eq!(set(&[(80, 80)]).complement().0.as_slice(), [(1, 79), (81, 65535)]);
        assert_eq!(Intervals::<u16>::everything().complement(), Intervals::default());
        assert_eq!(Intervals::<u16>::default().complement(), Intervals::everything());
        assert_eq!(set(&[(1, 10)]).difference(&set(&[(10, 20)])).0.as_slice(), [(1, 9)]);
        assert!(set(&[(2, 3), (5, 6)]).is_subset(&set(&[(1, 3), (5, 9)])));
        assert!(!set(&[(2, 5)]).is_subset(&set(&[(1, 3), (5, 9)])), "4 is missing");
    }
}
