//! What changed in a long list of which most stays as it is.

use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};
use serde::{Deserialize, Serialize};

/// What changed in a list whose items have names of their own, each once. What stays, stays in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChange<T> {
    /// Names of those that are not there any more, or not as they were.
    pub gone: Vec<Arc<str>>,
    /// Those that came, or are otherwise now: each behind its place in the list as it is now, in order.
    pub came: Vec<(usize, T)>,
}

impl<T> Default for ListChange<T> {
    fn default() -> ListChange<T> {
        ListChange { gone: Vec::new(), came: Vec::new() }
    }
}

impl<T: Clone> ListChange<T> {
    /// From one list to the next; `None` where what stayed is in another order, which this cannot say.
    pub fn between(
        before: &[T],
        now: &[T],
        name: impl Fn(&T) -> &Arc<str>,
        same: impl Fn(&T, &T) -> bool,
    ) -> Option<ListChange<T>> {
        // Most of two lists is the same at both ends.
        let pairs = || before.iter().zip(now);
        let alike = |(one, other): &(&T, &T)| name(one) == name(other) && same(one, other);
        let head = pairs().take_while(alike).count();
        let most = before.len().min(now.len()) - head;
        let tail = before.iter().rev().zip(now.iter().rev()).take(most).take_while(alike).count();
        let (was, is) = (before.get(head..before.len() - tail)?, now.get(head..now.len() - tail)?);
        let known: HashMap<&str, &T> = was.iter().map(|one| (&**name(one), one)).collect();
        let mut kept = HashSet::with_capacity(known.len());
        let mut came = Vec::new();
        let mut stays = Vec::new();
        for (at, one) in (head..).zip(is) {
            match known.get(&**name(one)).filter(|before| same(before, one)) {
                Some(_) => {
                    kept.insert(&**name(one));
                    stays.push(&**name(one));
                }
                None => came.push((at, one.clone())),
            }
        }
        let (stayed, gone): (Vec<&T>, Vec<&T>) = was.iter().partition(|one| kept.contains(&**name(one)));
        let in_order =
            stayed.len() == stays.len() && stayed.iter().zip(stays).all(|(one, other)| &**name(one) == other);
        in_order.then(|| ListChange { gone: gone.into_iter().map(|one| name(one).clone()).collect(), came })
    }

    /// The list as it is now; `None` where this is no change of that list.
    pub fn apply(&self, before: &[T], name: impl Fn(&T) -> &str) -> Option<Vec<T>> {
        let gone: HashSet<&str> = self.gone.iter().map(|name| &**name).collect();
        let length = before.len().checked_sub(gone.len())? + self.came.len();
        let mut now = Vec::with_capacity(length);
        let mut stays = before.iter().filter(|one| !gone.contains(name(one)));
        let mut came = self.came.iter().peekable();
        for at in 0..length {
            match came.next_if(|(place, _)| *place == at) {
                Some((_, one)) => now.push(one.clone()),
                None => now.push(stays.next()?.clone()),
            }
        }
        (came.next().is_none() && stays.next().is_none()).then_some(now)
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.came.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Item = (Arc<str>, u8);

    fn list(of: Vec<(u8, u8)>) -> Vec<Item> {
        let mut seen = std::collections::HashSet::new();
        of.into_iter()
            .filter(|(name, _)| seen.insert(*name))
            .map(|(name, says)| (name.to_string().into(), says))
            .collect()
    }

    fn change(before: &[Item], now: &[Item]) -> Option<ListChange<Item>> {
        ListChange::between(before, now, |one| &one.0, |one, other| one.1 == other.1)
    }

    proptest! {
        #[test]
        fn a_list_and_what_changed_give_the_next_one(
            before in proptest::collection::vec((0_u8..40, 0_u8..3), 0..40),
            now in proptest::collection::vec((0_u8..40, 0_u8..3), 0..40),
        ) {
            let (mut before, mut now) = (list(before), list(now));
            // In any order it may be that nothing is said, and never that something wrong is.
            if let Some(change) = change(&before, &now) {
                prop_assert_eq!(change.apply(&before, |one| &one.0), Some(now.clone()));
            }
            before.sort();
            now.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.cmp(&other.1)));
            let sorted = change(&before, &now).unwrap();
            prop_assert_eq!(sorted.apply(&before, |one| &one.0), Some(now.clone()));
            prop_assert_eq!(sorted.is_empty(), before == now);
        }

        #[test]
        fn what_is_no_change_of_a_list_is_refused_or_gives_some_list(
            before in proptest::collection::vec((0_u8..9, 0_u8..3), 0..9),
            gone in proptest::collection::vec(0_u8..12, 0..9),
            came in proptest::collection::vec((0_usize..12, (0_u8..9, 0_u8..3)), 0..9),
        ) {
            let before = list(before);
            let change = ListChange {
                gone: gone.iter().map(|name| name.to_string().into()).collect(),
                came: came.into_iter().map(|(at, (name, says))| (at, (name.to_string().into(), says))).collect(),
            };
            if let Some(now) = change.apply(&before, |one| &one.0) {
                prop_assert!(now.len() >= change.came.len());
            }
        }
    }

    #[test]
    fn one_line_in_a_long_list_is_one_line() {
        let before: Vec<Item> = (0..10_000).map(|at| (format!("{at:05}").into(), 0)).collect();
        let mut now = before.clone();
        now[5_000].1 = 1;
        now.remove(7);
        let change = change(&before, &now).unwrap();
        assert_eq!((change.gone.len(), change.came.len()), (2, 1));
        assert_eq!(change.apply(&before, |one| &one.0), Some(now));
    }
}
