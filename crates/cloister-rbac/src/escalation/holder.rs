//! Who holds rights that count together.

use foldhash::{HashMap, HashSet};

use super::right::{Right, Target};
use super::vertex::Scope;
use crate::Identity;

/// One who holds rights that count together.
#[derive(Debug)]
pub(crate) struct Holder<'h, 'p, 'a> {
    /// The vertex: an identity, or a role that is held.
    pub vertex: u32,
    /// Who asks, where it is an identity.
    pub identity: Option<&'h Identity>,
    /// The rights of one kind of edge, each once: the same by another binding leads no further.
    pub rights: Vec<Right<'p, 'a>>,
    /// Every role that is held, and where.
    pub roles: &'h [(u32, Scope<'a>)],
    /// Places of rights, by scope: who holds a role in a thousand namespaces has a thousand pairs, not a million.
    by_scope: HashMap<Scope<'a>, Vec<usize>>,
    /// Roles, by the namespace that they are held in.
    held_in: HashMap<&'a str, Vec<(u32, Scope<'a>)>>,
}

impl<'h, 'p, 'a> Holder<'h, 'p, 'a> {
    /// Of rights that an edge asks for so.
    pub fn new(
        vertex: u32,
        identity: Option<&'h Identity>,
        all: impl Iterator<Item = Right<'p, 'a>>,
        (targets, roles): (&[Target], &'h [(u32, Scope<'a>)]),
    ) -> Holder<'h, 'p, 'a> {
        let mut met = HashSet::default();
        // Where any verb of a kind will do, the rule says which.
        let rule = |right: &Right<'_, '_>| {
            let is_open = targets.get(right.which).is_some_and(|target| target.resource.is_empty());
            right.by.filter(|_| is_open).map(|(_, rule)| rule)
        };
        let is_new = |right: &Right<'p, 'a>| met.insert((right.which, right.scope, right.names, rule(right)));
        let rights: Vec<Right<'p, 'a>> = all.filter(is_new).collect();
        let mut by_scope: HashMap<Scope<'a>, Vec<usize>> = HashMap::default();
        for (place, right) in rights.iter().enumerate() {
            by_scope.entry(right.scope).or_default().push(place);
        }
        let mut held_in: HashMap<&str, Vec<(u32, Scope<'a>)>> = HashMap::default();
        for held in roles {
            if let Scope::One(namespace) = held.1 {
                held_in.entry(namespace).or_default().push(*held);
            }
        }
        Holder { vertex, identity, rights, roles, by_scope, held_in }
    }

    /// The rights with these places among the edge's.
    pub fn of(&self, which: &'static [usize]) -> impl Iterator<Item = &Right<'p, 'a>> {
        self.rights.iter().filter(move |right| which.contains(&right.which))
    }

    /// The roles that are held in no more than a namespace, which this scope holds.
    pub fn held_within(&self, scope: Scope<'a>) -> Vec<(u32, Scope<'a>)> {
        match scope {
            Scope::One(namespace) => self.held_in.get(namespace).cloned().unwrap_or_default(),
            _ => self.roles.iter().filter(|(_, held)| matches!(held, Scope::One(_))).copied().collect(),
        }
    }

    /// Those of them that hold in a part of this scope, each with that part; in the order of [`Holder::of`].
    pub fn within(&self, which: &'static [usize], scope: Scope<'a>) -> Vec<(&Right<'p, 'a>, Scope<'a>)> {
        let mut places: Vec<usize> = match scope {
            Scope::One(_) => [scope, Scope::Namespaces, Scope::Cluster]
                .iter()
                .flat_map(|scope| self.by_scope.get(scope).into_iter().flatten().copied())
                .collect(),
            _ => (0..self.rights.len()).collect(),
        };
        places.sort_unstable();
        let rights = places.into_iter().filter_map(|place| self.rights.get(place));
        let meant = rights.filter(|right| which.contains(&right.which));
        meant.filter_map(|right| Some((right, scope.and(right.scope)?))).collect()
    }
}

#[cfg(test)]
#[path = "holder_tests.rs"]
mod tests;
