//! Policies of one tier and priority that decide otherwise about the same pods: either may be asked first.

use std::collections::BTreeSet;

use foldhash::HashSet;

use crate::classes::Sort;
use crate::network::Network;
use crate::policy::{Direction, Peer, Peers, Policy, Ports, Rule};
use crate::problems::Problems;

/// Two policies, by their numbers, whose order is not defined and matters: the one that stands first in the input first.
pub type Contradiction = [usize; 2];

impl<'a> Network<'a> {
    /// Each pair of policies whose order is not defined and matters.
    pub(crate) fn find_contradictions(&self) -> Vec<Contradiction> {
        let mut seen: HashSet<(usize, usize, Direction)> = HashSet::default();
        let mut found: BTreeSet<Contradiction> = BTreeSet::new();
        for class in self.classes.iter().filter(|class| class.sort == Sort::Pod) {
            for direction in [Direction::Ingress, Direction::Egress] {
                let profile = class.profile(direction);
                for group in profile.admin.iter().chain(&profile.baseline) {
                    for (at, other) in group.iter().enumerate() {
                        for one in group.iter().take(at) {
                            let is_new = seen.insert((*one, *other, direction));
                            if is_new && self.contradict(*one, *other, direction) {
                                found.insert([*one, *other]);
                            }
                        }
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    /// What is told of one beside an answer.
    pub(crate) fn tell_of_contradiction(&self, pair: Contradiction, problems: &mut Problems) {
        let [Some(one), Some(other)] = pair.map(|number| self.policies.get(number)) else { return };
        let (kind, name) = (&one.resource.kind, &one.resource.name);
        let message = format!("it has the tier and priority of {kind} \"{name}\", and decides otherwise");
        let at = other.resource.root.at("spec/priority").unwrap_or(&other.resource.root);
        let help = "which of them is asked first is not defined; where they differ, the answer is unknown";
        problems.odd(other.resource, at, message, help);
    }

    fn contradict(&self, one: usize, other: usize, direction: Direction) -> bool {
        let rules = |number: usize| self.policies.get(number).and_then(|it: &Policy<'a>| it.rules(direction));
        let (one, other) = (rules(one).unwrap_or_default(), rules(other).unwrap_or_default());
        one.iter().any(|one| other.iter().any(|other| self.differ(one, other)))
    }

    /// Whether two rules do different things with what both may match.
    fn differ(&self, one: &Rule<'a>, other: &Rule<'a>) -> bool {
        one.action != other.action
            && share_ports(&one.ports, &other.ports)
            && self.share_peers(&one.peers, &other.peers)
    }

    fn share_peers(&self, one: &Peers<'a>, other: &Peers<'a>) -> bool {
        let (Peers::Any(one), Peers::Any(other)) = (one, other) else { return true };
        one.iter().any(|one| other.iter().any(|other| self.may_be_one(one, other)))
    }

    fn may_be_one(&self, one: &Peer<'_>, other: &Peer<'_>) -> bool {
        match (one, other) {
            (Peer::Pods(one), Peer::Pods(other)) => {
                let atoms = self.pool.atoms.get(*one).zip(self.pool.atoms.get(*other));
                atoms.is_some_and(|(one, other)| !self.excludes(one, other))
            }
            (Peer::Block(one), Peer::Block(other)) => {
                let blocks = self.pool.blocks.get(*one).zip(self.pool.blocks.get(*other));
                blocks.is_some_and(|(one, other)| !one.is_disjoint(other))
            }
            (Peer::Pods(_) | Peer::Nodes(_), Peer::DomainNames)
            | (Peer::DomainNames, Peer::Pods(_) | Peer::Nodes(_)) => false,
            (Peer::Pods(_), Peer::Nodes(_)) | (Peer::Nodes(_), Peer::Pods(_)) => false,
            _ => true,
        }
    }
}

fn share_ports(one: &Ports, other: &Ports) -> bool {
    let (Ports::Listed { numbers: one, names: first }, Ports::Listed { numbers: other, names: second }) = (one, other)
    else {
        return true;
    };
    // What a name stands for, each destination says.
    !first.is_empty() || !second.is_empty() || !one.intersection(other).is_empty()
}
