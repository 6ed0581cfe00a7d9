//! Aggregated ClusterRoles: what the control plane would collect, worked out without one.

use std::collections::BTreeSet;

use cloister_inventory::Selector;

use crate::role::Role;

/// What aggregation came to.
#[derive(Debug, Default)]
pub(crate) struct Aggregated {
    /// For each role that collects, by its number: the rules it ends up with.
    pub rules: Vec<(usize, Vec<u32>)>,
    /// Roles that collect themselves through others.
    pub cycles: Vec<usize>,
}

/// Works out every aggregated role. Cycles end: a role gives another no more than what others gave it.
pub(crate) fn resolve(roles: &[Role<'_>]) -> Aggregated {
    let selected: Vec<Vec<usize>> = roles.iter().map(|role| selects(role, roles)).collect();
    let mut aggregated = Aggregated::default();
    for (index, role) in roles.iter().enumerate().filter(|(_, role)| role.is_aggregated()) {
        let (reached, is_cycle) = reach(index, roles, &selected);
        let sources = reached.iter().filter_map(|&source| roles.get(source)).filter(|source| keeps_own(source));
        let own = role.stored.then_some(role);
        let rules = own.into_iter().chain(sources).flat_map(|source| source.rules.iter().copied());
        aggregated.rules.push((index, rules.collect()));
        if is_cycle && !role.stored {
            aggregated.cycles.push(index);
        }
    }
    aggregated
}

/// The written rules of an aggregated role are overwritten, unless a server keeps them.
fn keeps_own(role: &Role<'_>) -> bool {
    role.stored || !role.is_aggregated()
}

/// The roles that one collects itself, in the order of their names. To what a server keeps, only what was written
/// elsewhere is new.
fn selects(role: &Role<'_>, roles: &[Role<'_>]) -> Vec<usize> {
    if !role.is_aggregated() {
        return Vec::new();
    }
    let selectors = role.resource.root.items_at("aggregationRule/clusterRoleSelectors");
    let is_meant = |other: &Role<'_>| {
        other.namespace.is_empty()
            && other.name != role.name
            && !(role.stored && other.stored)
            && selectors.iter().any(|node| Selector::Labels(node).matches(other.resource.labels()))
    };
    (0..roles.len()).filter(|&index| roles.get(index).is_some_and(is_meant)).collect()
}

/// Everything that is collected, directly and through others, and whether the role itself is among it.
fn reach(start: usize, roles: &[Role<'_>], selected: &[Vec<usize>]) -> (BTreeSet<usize>, bool) {
    let (mut reached, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(index) = open.pop() {
        for &next in selected.get(index).into_iter().flatten() {
            if reached.insert(next) && roles.get(next).is_some_and(Role::is_aggregated) {
                open.push(next);
            }
        }
    }
    let is_cycle = reached.remove(&start);
    (reached, is_cycle)
}
