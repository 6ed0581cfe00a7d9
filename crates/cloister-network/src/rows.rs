//! What each set of policies says of every class of peers, so that a list of all connections is made by looking up.
//!
//! Most pods look the same to most policies. A row holds what is said of a pod that no rule mentions, and the classes
//! of which something else may be said.

use std::sync::Arc;

use foldhash::HashMap;

use crate::addresses::Family;
use crate::classes::{Class, Match, Sort};
use crate::endpoints::NamedPort;
use crate::evaluate::Asked;
use crate::network::Network;
use crate::policy::{Direction, Peer, Peers, Rule, Tier};
use crate::verdict::Verdict;

/// Verdicts, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    all: Vec<Arc<Verdict>>,
    numbers: HashMap<Arc<Verdict>, u32>,
}

impl Verdicts {
    pub(crate) fn number(&mut self, verdict: Verdict) -> u32 {
        if let Some(number) = self.numbers.get(&verdict) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let verdict = Arc::new(verdict);
        self.all.push(verdict.clone());
        self.numbers.insert(verdict, number);
        number
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Arc<Verdict>> {
        usize::try_from(number).ok().and_then(|number| self.all.get(number))
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

/// What is said of every class, by each family.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Of pods that no rule mentions.
    pub(crate) ordinary: [u32; 2],
    /// Of these classes, in order.
    pub(crate) exceptions: Vec<(u32, [u32; 2])>,
}

/// Rows of one direction, and which one each class has.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) of: Vec<usize>,
}

impl Rows {
    /// What the policies of one class say of another.
    pub(crate) fn said(&self, class: usize, peer: usize) -> Option<[u32; 2]> {
        let row = self.rows.get(*self.of.get(class)?)?;
        let peer = u32::try_from(peer).ok()?;
        let exception = row.exceptions.binary_search_by_key(&peer, |(class, _)| *class);
        Some(exception.ok().and_then(|at| row.exceptions.get(at)).map_or(row.ordinary, |(_, said)| *said))
    }
}

impl<'a> Network<'a> {
    /// The rows of one direction.
    pub(crate) fn rows(&self, direction: Direction, verdicts: &mut Verdicts) -> Rows {
        let lookup = Lookup::of(self);
        let mut known = HashMap::default();
        let mut rows = Rows::default();
        for class in &self.classes {
            // For what comes in, names of ports are the pod's own.
            let names = match direction {
                Direction::Ingress => class.ports.as_slice(),
                Direction::Egress => &[],
            };
            let key = (class.profile(direction), names, class.sort == Sort::HostPod);
            let next = rows.rows.len();
            let number = *known.entry(key).or_insert(next);
            if number == next {
                rows.rows.push(self.row(direction, class, &lookup, verdicts));
            }
            rows.of.push(number);
        }
        rows
    }

    fn row(&self, direction: Direction, pod: &Class<'a>, lookup: &Lookup<'a>, verdicts: &mut Verdicts) -> Row {
        let profile = pod.profile(direction);
        if profile.is_empty() {
            let open = verdicts.number(Verdict::open());
            return Row { ordinary: [open; 2], exceptions: Vec::new() };
        }
        let policies = profile.policies().filter_map(|number| self.policies.get(number));
        let rules: Vec<(&Rule<'a>, _)> = policies
            .flat_map(|policy| policy.rules(direction).unwrap_or_default().iter().map(|rule| (rule, policy.tier)))
            .collect();
        let mut known: HashMap<Vec<u64>, u32> = HashMap::default();
        let mut say = |peer: &Class<'a>| {
            Family::ALL.map(|family| {
                let mut seen: Vec<u64> = Vec::new();
                for (number, (rule, tier)) in (0u64..).zip(&rules) {
                    match self.matches(rule, *tier, peer, family) {
                        Match::No => {}
                        Match::Maybe => seen.push(number * 2),
                        Match::Yes => seen.push(number * 2 + 1),
                    }
                }
                let special = matches!(peer.sort, Sort::HostPod | Sort::Node);
                seen.push(u64::MAX - u64::from(special));
                if direction == Direction::Egress {
                    seen.push(lookup.names_of(peer));
                }
                *known.entry(seen).or_insert_with(|| verdicts.number(self.side(Asked { direction, pod, peer, family })))
            })
        };
        let ordinary = say(&lookup.ordinary(self));
        let mentioned = lookup.mentioned(self, &rules, direction);
        let exceptions = mentioned.into_iter().filter_map(|number| {
            let said = say(self.classes.get(number)?);
            (said != ordinary).then_some((u32::try_from(number).ok()?, said))
        });
        let exceptions = exceptions.collect();
        Row { ordinary, exceptions }
    }
}

/// Classes by what rules ask for.
struct Lookup<'a> {
    atoms: HashMap<usize, Vec<usize>>,
    /// Those that are not pods, and pods on their node's network.
    others: Vec<usize>,
    /// Pods whose addresses are known.
    placed: Vec<usize>,
    /// Pods with names of ports.
    named: Vec<usize>,
    /// Selectors of every pod.
    every: Vec<usize>,
    /// The numbers of different sets of names of ports, from 1.
    names: HashMap<Vec<NamedPort<'a>>, u64>,
}

impl<'a> Lookup<'a> {
    fn of(network: &Network<'a>) -> Lookup<'a> {
        let every = network.pool.atoms.iter().enumerate();
        let every = every.filter(|(_, atom)| atom.is_every_pod()).map(|(number, _)| number).collect();
        let mut lookup = Lookup {
            atoms: HashMap::default(),
            others: Vec::new(),
            placed: Vec::new(),
            named: Vec::new(),
            every,
            names: HashMap::default(),
        };
        for (number, class) in network.classes.iter().enumerate() {
            if !class.ports.is_empty() {
                let next = u64::try_from(lookup.names.len()).unwrap_or(u64::MAX).saturating_add(1);
                lookup.names.entry(class.ports.clone()).or_insert(next);
            }
            if class.sort != Sort::Pod {
                lookup.others.push(number);
                continue;
            }
            if class.whereabouts != network.anywhere {
                lookup.placed.push(number);
            }
            if !class.ports.is_empty() {
                lookup.named.push(number);
            }
            for atom in &class.atoms {
                lookup.atoms.entry(*atom).or_default().push(number);
            }
        }
        lookup
    }

    /// A pod that is mentioned by no rule but those about every pod.
    fn ordinary(&self, network: &Network<'a>) -> Class<'a> {
        Class::thought(self.every.clone(), Vec::new(), network.anywhere)
    }

    /// A number for the names of a class's ports.
    fn names_of(&self, class: &Class<'a>) -> u64 {
        self.names.get(&class.ports).copied().unwrap_or(0)
    }

    /// Classes of which these rules may say something of their own.
    fn mentioned(&self, network: &Network<'_>, rules: &[(&Rule<'_>, Tier)], direction: Direction) -> Vec<usize> {
        let mut found = self.others.clone();
        let mut blocks = false;
        for (rule, _) in rules {
            if direction == Direction::Egress && rule.ports.names().next().is_some() {
                found.extend(&self.named);
            }
            let Peers::Any(peers) = &rule.peers else { continue };
            for peer in peers {
                match peer {
                    Peer::Pods(atom) if !network.pool.atoms.get(*atom).is_some_and(|atom| atom.is_every_pod()) => {
                        found.extend(self.atoms.get(atom).into_iter().flatten());
                    }
                    Peer::Block(_) => blocks = true,
                    _ => {}
                }
            }
        }
        if blocks {
            found.extend(&self.placed);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
