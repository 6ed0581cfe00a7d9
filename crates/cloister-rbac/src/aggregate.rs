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
    let collectors = roles.iter().enumerate().filter(|(_, role)| role.is_aggregated());
    let mut reached: Vec<Reached> = collectors.map(|(index, _)| reach(index, roles, &selected)).collect();
    // What a role reaches comes before it.
    reached.sort_by_key(|reached| reached.sources.len());
    let mut own: BTreeSet<usize> = (0..roles.len()).filter(|&index| roles.get(index).is_some_and(keeps_own)).collect();
    for Reached { role, sources, .. } in &reached {
        let has_rules = |index: &usize| roles.get(*index).is_some_and(|source| !source.rules.is_empty());
        // The controller never writes an empty list: where it collects nothing, what was written stays.
        if !sources.intersection(&own).any(has_rules) {
            own.insert(*role);
        }
    }
    let rules = |index: usize| roles.get(index).map_or(&[][..], |role| role.rules.as_slice());
    let mut aggregated = Aggregated::default();
    for Reached { role, sources, is_cycle } in &reached {
        let kept = Some(*role).filter(|role| own.contains(role));
        let all = kept.into_iter().chain(sources.intersection(&own).copied());
        aggregated.rules.push((*role, all.flat_map(rules).copied().collect()));
        if *is_cycle && roles.get(*role).is_some_and(|role| !role.stored) {
            aggregated.cycles.push(*role);
        }
    }
    aggregated
}

/// What one collector reaches.
struct Reached {
    role: usize,
    /// Everything that it collects, directly and through others.
    sources: BTreeSet<usize>,
    /// It is among what it collects.
    is_cycle: bool,
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

fn reach(role: usize, roles: &[Role<'_>], selected: &[Vec<usize>]) -> Reached {
    let (mut sources, mut open) = (BTreeSet::new(), vec![role]);
    while let Some(index) = open.pop() {
        for &next in selected.get(index).into_iter().flatten() {
            if sources.insert(next) && roles.get(next).is_some_and(Role::is_aggregated) {
                open.push(next);
            }
        }
    }
    let is_cycle = sources.remove(&role);
    Reached { role, sources, is_cycle }
}
