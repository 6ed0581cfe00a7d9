//! Who is let through, by unit, direction and ports.

use std::collections::{BTreeMap, BTreeSet};

use super::GenerateOptions;
use super::units::{Unit, Units};
use crate::endpoints::{Endpoint, Workload};
use crate::needs::{Block, End, Need, Needs, Unseen, Why, dns};
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer {
    Unit(usize),
    Unseen(Unseen),
    Outside(Block),
}

/// Peers that are let through on the same ports.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) ports: PortSet,
    pub(super) peers: Vec<(Peer, BTreeSet<Why>)>,
}

/// What one side of a unit lets through, by the other end.
type Side = BTreeMap<Peer, (PortSet, BTreeSet<Why>)>;

/// Everything that is allowed.
#[derive(Debug)]
pub(super) struct Plan<'u> {
    pub(super) units: &'u Units,
    /// The rules of each unit that has some.
    pub(super) rules: BTreeMap<(usize, Direction), Vec<Rule>>,
    /// Namespaces of which every unit asks for names.
    pub(super) dns: BTreeSet<String>,
    /// What answers there.
    pub(super) servers: BTreeSet<Peer>,
    /// What is wanted, by both ends.
    pub(super) wanted: BTreeMap<(Peer, Peer), PortSet>,
}

impl<'u> Plan<'u> {
    pub(super) fn of(
        units: &'u Units,
        network: &Network<'_>,
        needs: &mut Needs,
        options: &GenerateOptions,
    ) -> Plan<'u> {
        let mut plan = Plan {
            units,
            rules: BTreeMap::new(),
            dns: BTreeSet::new(),
            servers: BTreeSet::new(),
            wanted: BTreeMap::new(),
        };
        let mut sides: BTreeMap<(usize, Direction), Side> = BTreeMap::new();
        let mut add = |unit: usize, direction, peer: Peer, ports: &PortSet, why: &Why| {
            let side = sides.entry((unit, direction)).or_default();
            let (all, whys) = side.entry(peer).or_default();
            *all = all.union(ports);
            whys.insert(why.clone());
        };
        for need in std::mem::take(&mut needs.all) {
            for (from, to) in plan.ends(network, &need, needs, options) {
                let wanted = plan.wanted.entry((from.clone(), to.clone())).or_default();
                *wanted = wanted.union(&need.ports);
                if let Peer::Unit(unit) = to {
                    add(unit, Direction::Ingress, from.clone(), &need.ports, &need.why);
                }
                if let Peer::Unit(unit) = from {
                    add(unit, Direction::Egress, to, &need.ports, &need.why);
                }
            }
        }
        plan.find_servers(network);
        plan.find_dns(&mut sides);
        for ((unit, direction), side) in sides {
            let managed = units.all.get(unit).is_some_and(|unit| units.is_managed(&unit.namespace));
            let rules = rules(side);
            if managed && !rules.is_empty() {
                plan.rules.insert((unit, direction), rules);
            }
        }
        plan
    }

    /// A unit.
    pub(super) fn unit(&self, number: usize) -> Option<&Unit> {
        self.units.all.get(number)
    }

    /// The units of a namespace, by number.
    pub(super) fn within<'p>(&'p self, namespace: &'p str) -> impl Iterator<Item = (usize, &'p Unit)> {
        self.units.all.iter().enumerate().filter(move |(_, unit)| unit.namespace == namespace)
    }

    /// Both ends as peers: pods on their node's network cannot be named by labels.
    fn ends(
        &self,
        network: &Network<'_>,
        need: &Need,
        needs: &mut Needs,
        options: &GenerateOptions,
    ) -> Vec<(Peer, Peer)> {
        let (from, to) = (self.end(network, &need.from, options), self.end(network, &need.to, options));
        let sides = [(&from, &need.to), (&to, &need.from)];
        for (side, other) in sides {
            let Err(about) = side else { continue };
            if self.matters(network, other) {
                let words = format!(
                    "policies see the address of its node, not its labels: {} with {} on {} is not written",
                    need.why.words,
                    describe(network, other),
                    need.ports
                );
                needs.ask(about, words, need.why.location.clone());
            }
        }
        let (Ok(from), Ok(to)) = (from, to) else { return Vec::new() };
        from.iter().flat_map(|from| to.iter().map(move |to| (from.clone(), to.clone()))).collect()
    }

    fn matters(&self, network: &Network<'_>, end: &End) -> bool {
        let End::Workload(number) = end else { return true };
        let workload = network.endpoint(*number).and_then(Endpoint::workload);
        workload.is_some_and(|it| self.units.is_managed(it.namespace) && !it.host_network)
    }

    fn end(&self, network: &Network<'_>, end: &End, options: &GenerateOptions) -> Result<Vec<Peer>, String> {
        match end {
            End::Workload(number) => match self.units.of.get(number) {
                Some(unit) => Ok(vec![Peer::Unit(*unit)]),
                None => Err(network.endpoint(*number).map(Endpoint::name).unwrap_or_default()),
            },
            // Pods without addresses of a family meet none of it.
            End::Outside(block) if !block.meets(&options.pod_cidrs) => Ok(Vec::new()),
            End::Outside(block) => Ok(vec![Peer::Outside(block.clone().without(&options.pod_cidrs))]),
            End::Unseen(unseen) => {
                let known: BTreeSet<Peer> = self.known(network, unseen).map(Peer::Unit).collect();
                match (known.is_empty(), self.units.is_managed(&unseen.namespace)) {
                    (false, _) => Ok(known.into_iter().collect()),
                    (true, false) => Ok(vec![Peer::Unseen(unseen.clone())]),
                    (true, true) => Err(format!("namespace {}", unseen.namespace)),
                }
            }
        }
    }

    /// Units that are known by what an unseen end says of itself.
    fn known<'p>(&'p self, network: &'p Network<'_>, unseen: &'p Unseen) -> impl Iterator<Item = usize> + 'p {
        let is_it = |workload: &Workload<'_>| {
            let value = |key: &str| workload.labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str());
            workload.namespace == unseen.namespace
                && unseen.labels.iter().all(|(key, wanted)| value(key) == Some(wanted))
        };
        let workloads = self.units.of.iter();
        workloads
            .filter(move |(number, _)| network.endpoint(**number).and_then(Endpoint::workload).is_some_and(is_it))
            .map(|(_, unit)| *unit)
    }

    fn find_servers(&mut self, network: &Network<'_>) {
        let pods = dns::pods();
        let known: BTreeSet<Peer> = self.known(network, &pods).map(Peer::Unit).collect();
        self.servers = if known.is_empty() { BTreeSet::from([Peer::Unseen(pods)]) } else { known };
    }

    /// Where every unit asks for names, one policy says so.
    fn find_dns(&mut self, sides: &mut BTreeMap<(usize, Direction), Side>) {
        let asks = |plan: &Plan<'_>, unit: usize, sides: &BTreeMap<_, Side>| {
            let side = sides.get(&(unit, Direction::Egress));
            side.is_some_and(|side| plan.servers.iter().all(|it| side.get(it).is_some_and(|it| it.0 == dns::ports())))
        };
        for namespace in &self.units.managed {
            let inside: Vec<usize> = self.within(namespace).map(|(number, _)| number).collect();
            // The servers themselves are told apart.
            let serves = inside.iter().any(|unit| self.servers.contains(&Peer::Unit(*unit)));
            if !inside.is_empty() && !serves && inside.iter().all(|unit| asks(self, *unit, sides)) {
                self.dns.insert(namespace.clone());
                for unit in inside {
                    let side = sides.get_mut(&(unit, Direction::Egress));
                    side.into_iter().for_each(|side| side.retain(|peer, _| !self.servers.contains(peer)));
                }
            }
        }
    }
}

/// Peers with the same ports stand together.
fn rules(side: Side) -> Vec<Rule> {
    let mut by_ports: Vec<Rule> = Vec::new();
    for (peer, (ports, whys)) in side {
        match by_ports.iter_mut().find(|rule| rule.ports == ports) {
            Some(rule) => rule.peers.push((peer, whys)),
            None => by_ports.push(Rule { ports, peers: vec![(peer, whys)] }),
        }
    }
    by_ports
}

fn describe(network: &Network<'_>, end: &End) -> String {
    match end {
        End::Workload(number) => network.endpoint(*number).map(Endpoint::name).unwrap_or_default(),
        End::Unseen(unseen) => format!("namespace {}", unseen.namespace),
        End::Outside(block) => block.cidr.clone(),
    }
}
