//! Policies and rules that change nothing, since others have decided before or beside them.

use foldhash::HashMap;

use crate::network::Network;
use crate::policy::{Direction, Peer, Peers, Ports, Rule, Tier};

/// A policy, or one rule of it, that changes nothing in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shadow {
    /// The policy, by number among all.
    pub policy: usize,
    /// The direction.
    pub direction: Direction,
    /// The rule; `None` for all that the policy says of this direction.
    pub rule: Option<usize>,
    /// The policy that decides instead.
    pub by: usize,
}

impl Network<'_> {
    /// NetworkPolicies that restrict what another opens to everybody for each pod that they select, and rules of
    /// policies of the cluster behind one of the same policy that matches all that they match.
    pub fn shadows(&self) -> Vec<Shadow> {
        let mut shadows = Vec::new();
        let selected = [Direction::Ingress, Direction::Egress].map(|direction| self.selected(direction));
        for (number, policy) in self.policies().iter().enumerate() {
            for (direction, selected) in [Direction::Ingress, Direction::Egress].into_iter().zip(&selected) {
                let Some(rules) = policy.rules(direction) else { continue };
                match policy.tier {
                    Tier::Network if !rules.iter().any(opens_all) => {
                        let by = self.opener(number, direction, selected.get(&number).map_or(&[], Vec::as_slice));
                        shadows.extend(by.map(|by| Shadow { policy: number, direction, rule: None, by }));
                    }
                    Tier::Network => {}
                    _ => shadows.extend(self.late(rules).map(|rule| Shadow {
                        policy: number,
                        direction,
                        rule: Some(rule),
                        by: number,
                    })),
                }
            }
        }
        shadows
    }

    /// By NetworkPolicy: those that select the pods of each class that it selects.
    fn selected(&self, direction: Direction) -> HashMap<usize, Vec<&[usize]>> {
        let mut selected: HashMap<usize, Vec<&[usize]>> = HashMap::default();
        for network in self.classes.iter().map(|class| &class.profile(direction).network) {
            network.iter().for_each(|number| selected.entry(*number).or_default().push(network));
        }
        selected
    }

    /// A policy that opens everything to all pods that this one selects.
    fn opener(&self, number: usize, direction: Direction, selected: &[&[usize]]) -> Option<usize> {
        let opens = |other: &usize| {
            let rules = self.policies.get(*other).and_then(|policy| policy.rules(direction));
            *other != number && rules.unwrap_or_default().iter().any(opens_all)
        };
        let first = selected.first()?.iter().copied().find(opens)?;
        selected.iter().all(|network| network.iter().any(opens)).then_some(first)
    }

    /// Rules behind one that matches every pod on every port.
    fn late<'r>(&'r self, rules: &'r [Rule<'_>]) -> impl Iterator<Item = usize> {
        let catches = |rule: &&Rule<'_>| {
            let Peers::Any(peers) = &rule.peers else { return matches!(rule.ports, Ports::All) };
            let every = |peer: &Peer<'_>| match peer {
                Peer::Pods(atom) => self.pool.atoms.get(*atom).is_some_and(|it| it.is_every_pod()),
                _ => false,
            };
            matches!(rule.ports, Ports::All) && peers.iter().any(every)
        };
        let first = rules.iter().find(catches).map_or(usize::MAX, |rule| rule.number);
        let pods_only = |rule: &&Rule<'_>| match &rule.peers {
            Peers::Any(peers) => !peers.is_empty() && peers.iter().all(|peer| matches!(peer, Peer::Pods(_))),
            Peers::Everybody => false,
        };
        rules.iter().filter(move |rule| rule.number > first).filter(pods_only).map(|rule| rule.number)
    }
}

/// Everybody, on every port.
fn opens_all(rule: &Rule<'_>) -> bool {
    matches!((&rule.peers, &rule.ports), (Peers::Everybody, Ports::All))
}
