//! Which connections a wish is about.

use std::collections::BTreeSet;

use super::parts::Parts;
use super::{Facts, Wish, keeps};

/// Which arrows the wish is about.
pub(super) struct Wanted<'w> {
    wish: Wish<'w>,
    /// The parts that shall be reached, where the wish names some.
    to: BTreeSet<usize>,
    /// The parts that shall reach something.
    from: BTreeSet<usize>,
    here: BTreeSet<usize>,
}

impl<'w> Wanted<'w> {
    pub fn of(facts: &Facts<'w, '_>, parts: &Parts) -> Wanted<'w> {
        let wish = facts.wish;
        let numbered = || parts.all.iter().enumerate();
        let is_here =
            |name: &str| numbered().filter(|(_, it)| it.namespaces.contains(name)).map(|(it, _)| it).collect();
        let is_meant = |endpoint: usize| {
            let resource = facts.network.endpoint(endpoint).and_then(|it| it.workload()).map(|it| it.resource);
            let kept = resource.and_then(|it| keeps::of(it, facts.register));
            wish.to.is_some_and(|to| to.contains(&endpoint))
                || wish.store.is_some_and(|store| kept.is_some_and(|it| it.name == store))
        };
        let meant = numbered().filter(|(_, it)| it.members.iter().any(|it| is_meant(*it))).map(|(it, _)| it);
        let begins = |endpoint: &usize| wish.from.is_some_and(|from| from.contains(endpoint));
        let from = numbered().filter(|(_, it)| it.members.iter().any(begins)).map(|(it, _)| it).collect();
        Wanted { wish, to: meant.collect(), from, here: wish.namespace.map(is_here).unwrap_or_default() }
    }

    pub fn keeps(&self, from: usize, to: Option<usize>) -> bool {
        let begins = self.wish.from.is_some() && self.from.contains(&from);
        let focused = !self.wish.is_focused() || begins || to.is_some_and(|to| self.to.contains(&to));
        let both = [Some(from), to];
        focused && (self.wish.namespace.is_none() || both.into_iter().flatten().any(|it| self.here.contains(&it)))
    }
}
