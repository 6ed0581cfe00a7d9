//! Which classes the rules of some policies mention, found without asking each.

use foldhash::HashMap;

use crate::addresses::Family;
use crate::classes::{Class, Sort};
use crate::endpoints::NamedPort;
use crate::network::Network;
use crate::policy::{Direction, Peer, Peers, Rule, Tier};

/// How many kinds of ends there are that look alike to rules which do not mention them.
pub(crate) const KINDS: usize = 3;
/// A pod whose addresses nobody knows, and what is asked about one by one.
const UNPLACED: u8 = 0;
/// A pod whose addresses are known and lie in no block.
const PLACED: u8 = 1;
/// Addresses outside that lie in no block.
pub(crate) const OUTSIDE: u8 = 2;

/// Classes by what rules ask for.
pub(crate) struct Lookup<'a> {
    atoms: HashMap<usize, Vec<usize>>,
    /// Nodes, and pods on their node's network.
    others: Vec<usize>,
    /// Pods with names of ports.
    named: Vec<usize>,
    /// The kind of each class.
    pub(crate) kinds: Vec<u8>,
    /// For each kind, an end that is mentioned by no rule but those about every pod.
    pub(crate) unmentioned: [Class<'a>; KINDS],
    /// The numbers of different sets of names of ports, from 1.
    names: HashMap<Vec<NamedPort<'a>>, u64>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn of(network: &Network<'a>) -> Lookup<'a> {
        let mut lookup = Lookup {
            atoms: HashMap::default(),
            others: Vec::new(),
            named: Vec::new(),
            kinds: Vec::new(),
            unmentioned: unmentioned(network),
            names: HashMap::default(),
        };
        for (number, class) in network.classes.iter().enumerate() {
            lookup.add(number, class, network.anywhere);
        }
        lookup
    }

    fn add(&mut self, number: usize, class: &Class<'a>, anywhere: usize) {
        if !class.ports.is_empty() {
            let next = u64::try_from(self.names.len()).unwrap_or(u64::MAX).saturating_add(1);
            self.names.entry(class.ports.clone()).or_insert(next);
        }
        self.kinds.push(match class.sort {
            Sort::Outside(_) => OUTSIDE,
            Sort::Pod if class.whereabouts != anywhere => PLACED,
            Sort::Pod | Sort::HostPod | Sort::Node => UNPLACED,
        });
        match class.sort {
            Sort::Pod => {}
            Sort::Outside(_) => return,
            Sort::HostPod | Sort::Node => return self.others.push(number),
        }
        if !class.ports.is_empty() {
            self.named.push(number);
        }
        for atom in &class.atoms {
            self.atoms.entry(*atom).or_default().push(number);
        }
    }

    /// A number for the names of a class's ports.
    pub(crate) fn names_of(&self, class: &Class<'a>) -> u64 {
        self.names.get(&class.ports).copied().unwrap_or(0)
    }

    /// Classes of which these rules may say something of their own.
    pub(crate) fn mentioned(
        &self,
        network: &Network<'_>,
        rules: &[(&Rule<'_>, Tier)],
        direction: Direction,
    ) -> Vec<usize> {
        let mut found = self.others.clone();
        if direction == Direction::Egress && rules.iter().any(|(rule, _)| rule.ports.names().next().is_some()) {
            found.extend(&self.named);
        }
        for (rule, _) in rules {
            let Peers::Any(peers) = &rule.peers else { continue };
            for peer in peers {
                match peer {
                    Peer::Pods(atom) if !network.pool.atoms.get(*atom).is_some_and(|atom| atom.is_every_pod()) => {
                        found.extend(self.atoms.get(atom).into_iter().flatten());
                    }
                    Peer::Block(block) => found.extend(network.within.get(*block).into_iter().flatten()),
                    _ => {}
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn unmentioned<'a>(network: &Network<'a>) -> [Class<'a>; KINDS] {
    let every = network.pool.atoms.iter().enumerate();
    let every: Vec<usize> = every.filter(|(_, atom)| atom.is_every_pod()).map(|(number, _)| number).collect();
    let pod = |whereabouts| Class::thought(every.clone(), Vec::new(), whereabouts);
    let mut outside = Class::thought(Vec::new(), Vec::new(), network.nowhere);
    // Without addresses it is of either family.
    outside.sort = Sort::Outside(Family::V4);
    [pod(network.anywhere), pod(network.nowhere), outside]
}
