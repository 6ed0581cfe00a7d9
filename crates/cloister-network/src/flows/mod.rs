//! Observed flows, as JSON lines: Cloister's own form, and what Cilium's Hubble exports.
//!
//! Lines are read one by one; what is broken costs only itself.

mod hubble;
mod whom;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use crate::addresses::AddressSet;
use crate::needs::{Block, End, Need, Needs, Why};
use crate::network::Network;
use crate::ports::{PortSet, Protocol};
use whom::Workloads;

/// One flow. A line that has no `source` is looked at as Hubble's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flow {
    /// Who opened the connection: `namespace/name` of a workload or a pod, `namespace/name[Kind]`, an address, or a block of
    /// them (`192.0.2.0/24`).
    pub source: String,
    /// To whom, likewise.
    pub destination: String,
    /// TCP, UDP or SCTP; TCP where none is written.
    #[serde(default)]
    pub protocol: Option<String>,
    /// The port of the destination, from 1.
    pub port: u16,
    /// How often it was seen; nobody reads it yet.
    #[serde(default)]
    pub count: Option<u64>,
}

/// One end of a flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Workload(usize),
    Address(IpAddr),
    Network(Block),
    /// The cluster's own nodes, of which the local one is always let in.
    Node,
}

/// What became of a line.
enum Line {
    Flow {
        from: Seen,
        to: Seen,
        protocol: Protocol,
        port: u16,
    },
    /// Not forwarded, a reply, or no flow.
    Skipped,
    /// Its end is no workload of the input.
    Unknown(String),
    Broken(String),
}

/// More addresses than these of the internet are all of it.
const SINGLE: usize = 8;
/// More of a kind than these are only counted.
const TOLD: usize = 5;

/// Flows as they are read.
#[derive(Debug)]
pub struct Flows {
    workloads: Workloads,
    seen: BTreeMap<(Seen, Seen), (PortSet, String, usize)>,
    /// Lines that were used.
    pub used: usize,
    /// Lines that tell of no allowed connection: replies, and what was dropped.
    pub skipped: usize,
    /// Lines whose ends are not in the input: the first ones, in words.
    pub unknown: Vec<String>,
    /// How many of them.
    pub unknown_count: usize,
    /// Lines that cannot be read: the first ones, in words.
    pub broken: Vec<String>,
    /// How many of them.
    pub broken_count: usize,
}

impl Flows {
    /// For the workloads of a network.
    pub fn of(network: &Network<'_>) -> Flows {
        Flows {
            workloads: Workloads::of(network),
            seen: BTreeMap::new(),
            used: 0,
            skipped: 0,
            unknown: Vec::new(),
            unknown_count: 0,
            broken: Vec::new(),
            broken_count: 0,
        }
    }

    /// Reads one line of a file; lines count from 1.
    pub fn line(&mut self, file: &str, number: usize, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let place = format!("{file}:{number}");
        match self.read(text) {
            Line::Flow { from, to, protocol, port } => {
                self.used += 1;
                let fresh = || (PortSet::default(), place, 0);
                let (ports, _, count) = self.seen.entry((from, to)).or_insert_with(fresh);
                *ports = ports.union(&PortSet::one(protocol, port));
                *count += 1;
            }
            Line::Skipped => self.skipped += 1,
            Line::Unknown(who) => {
                self.unknown_count += 1;
                if self.unknown.len() < TOLD {
                    self.unknown.push(format!("{place}: {who} is no workload of the input"));
                }
            }
            Line::Broken(why) => {
                self.broken_count += 1;
                if self.broken.len() < TOLD {
                    self.broken.push(format!("{place}: {why}"));
                }
            }
        }
    }

    fn read(&self, text: &str) -> Line {
        let value: serde_json::Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return Line::Broken(format!("no JSON: {error}")),
        };
        if value.get("source").is_none() && value.is_object() {
            return hubble::read(&value, &self.workloads);
        }
        if value.get("verdict").is_some() {
            return hubble::flow(&value, &self.workloads);
        }
        match serde_json::from_value::<Flow>(value) {
            Ok(flow) => self.own(&flow),
            Err(error) => Line::Broken(format!("no flow: {error}")),
        }
    }

    fn own(&self, flow: &Flow) -> Line {
        let word = flow.protocol.as_deref().unwrap_or("TCP");
        let Some(protocol) = Protocol::parse(&word.to_ascii_uppercase()) else {
            return Line::Broken(format!("\"{word}\" is no protocol of policies"));
        };
        if flow.port == 0 {
            return Line::Broken("0 is no port".to_owned());
        }
        let ends = [&flow.source, &flow.destination].map(|word| match word.parse::<IpAddr>() {
            Ok(address) => Some(Seen::Address(address)),
            Err(_) => network(word).or_else(|| self.workloads.called(word).map(Seen::Workload)),
        });
        match ends {
            [Some(from), Some(to)] => Line::Flow { from, to, protocol, port: flow.port },
            [None, _] => Line::Unknown(flow.source.clone()),
            [_, None] => Line::Unknown(flow.destination.clone()),
        }
    }

    /// What was seen, as needs.
    pub fn into_needs(self) -> Needs {
        let mut needs = Needs::default();
        let many = self.generalised(&mut needs);
        for ((from, to), (ports, place, count)) in self.seen {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            let why = Why { words: format!("seen {times}, first at {place}"), location: None };
            let ends = |seen: &Seen, many: bool| match seen {
                Seen::Workload(number) => vec![End::Workload(*number)],
                outside if many && is_public(outside) => Block::public().map(End::Outside).into(),
                Seen::Address(address) => vec![End::Outside(Block::one(*address))],
                Seen::Network(block) => vec![End::Outside(block.clone())],
                Seen::Node => Vec::new(),
            };
            if let (Seen::Node, Seen::Workload(_)) = (&from, &to) {
                needs.note("flows from nodes were seen: a pod's own node is always let in, another one is not");
            }
            let (sources, destinations) = (ends(&from, many.contains(&to)), ends(&to, many.contains(&from)));
            for (source, destination) in
                sources.iter().flat_map(|one| destinations.iter().map(move |other| (one, other)))
            {
                let (from, to) = (source.clone(), destination.clone());
                needs.all.push(Need { from, to, ports: ports.clone(), why: why.clone() });
            }
        }
        needs
    }

    /// Ends that were seen with so many addresses or blocks of the internet that all of it is meant.
    fn generalised(&self, needs: &mut Needs) -> Vec<Seen> {
        let mut addresses: BTreeMap<&Seen, usize> = BTreeMap::new();
        for (from, to) in self.seen.keys() {
            for (end, other) in [(from, to), (to, from)] {
                if is_public(other) {
                    *addresses.entry(end).or_default() += 1;
                }
            }
        }
        let many: Vec<Seen> =
            addresses.into_iter().filter(|(_, count)| *count > SINGLE).map(|(end, _)| end.clone()).collect();
        if !many.is_empty() {
            needs.note(format!("with more than {SINGLE} public addresses seen, a workload is opened to all of them"));
        }
        many
    }
}

/// A block of addresses, as who calls from outside is told. A name has a `/`, too, but no address before it.
fn network(word: &str) -> Option<Seen> {
    let set = AddressSet::parse_cidr(word).ok()?;
    Block::of(&set).into_iter().next().map(Seen::Network)
}

fn is_public(seen: &Seen) -> bool {
    match seen {
        Seen::Address(address) => crate::needs::is_public(*address),
        Seen::Network(block) => crate::needs::is_public_block(block),
        Seen::Workload(_) | Seen::Node => false,
    }
}

#[cfg(test)]
mod tests;
