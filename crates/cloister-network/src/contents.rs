//! What policies say, whichever they are: ends whose policies say the same have the same row.

use foldhash::HashMap;

use crate::classes::Profile;
use crate::policy::{Action, Direction, Peer, Peers, Policy, Ports, Rule, Tier};
use crate::selectors::canonical;

/// What the policies of an end say in one direction, by the numbers of rules.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    /// By priority, and there by policy.
    admin: Vec<Vec<Vec<usize>>>,
    /// Whatever any of them allows; `None` where no NetworkPolicy isolates.
    network: Option<Vec<usize>>,
    baseline: Vec<Vec<Vec<usize>>>,
}

/// The rules of every policy in one direction, by numbers: rules that do the same have the same.
#[derive(Debug)]
pub(crate) struct Contents {
    of_policy: Vec<Vec<usize>>,
}

/// What a rule does.
#[derive(PartialEq, Eq, Hash)]
struct Key<'r> {
    is_network: bool,
    action: Action,
    /// `None` for everybody.
    peers: Option<Vec<Who>>,
    ports: &'r Ports,
}

/// One of the other sides.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Who {
    Pods(usize),
    Block(usize),
    Nodes(String),
    DomainNames,
}

impl Contents {
    pub(crate) fn of(policies: &[Policy<'_>], direction: Direction) -> Contents {
        let mut known: HashMap<Key<'_>, usize> = HashMap::default();
        let mut of_policy = Vec::with_capacity(policies.len());
        for policy in policies {
            let rules = policy.rules(direction).unwrap_or_default().iter().map(|rule| {
                let next = known.len();
                *known.entry(key(rule, policy.tier)).or_insert(next)
            });
            of_policy.push(rules.collect());
        }
        Contents { of_policy }
    }

    pub(crate) fn content(&self, profile: &Profile) -> Content {
        let network = (!profile.network.is_empty()).then(|| {
            let mut rules: Vec<usize> =
                profile.network.iter().flat_map(|number| self.rules(*number)).copied().collect();
            rules.sort_unstable();
            rules.dedup();
            rules
        });
        Content { admin: self.groups(&profile.admin), network, baseline: self.groups(&profile.baseline) }
    }

    /// Of those of one priority, any may be the first.
    fn groups(&self, groups: &[Vec<usize>]) -> Vec<Vec<Vec<usize>>> {
        let group = |numbers: &Vec<usize>| {
            let mut policies: Vec<Vec<usize>> = numbers.iter().map(|number| self.rules(*number).to_vec()).collect();
            policies.sort_unstable();
            policies
        };
        groups.iter().map(group).collect()
    }

    fn rules(&self, policy: usize) -> &[usize] {
        self.of_policy.get(policy).map_or(&[], Vec::as_slice)
    }
}

fn key<'r>(rule: &'r Rule<'_>, tier: Tier) -> Key<'r> {
    let who = |peer: &Peer<'_>| match peer {
        Peer::Pods(atom) => Who::Pods(*atom),
        Peer::Block(block) => Who::Block(*block),
        Peer::Nodes(selector) => Who::Nodes(canonical(selector)),
        Peer::DomainNames => Who::DomainNames,
    };
    let peers = match &rule.peers {
        Peers::Everybody => None,
        Peers::Any(peers) => {
            let mut all: Vec<Who> = peers.iter().map(who).collect();
            all.sort_unstable();
            all.dedup();
            Some(all)
        }
    };
    Key { is_network: tier == Tier::Network, action: rule.action, peers, ports: &rule.ports }
}
