//! Networks: what the engine says of generated clusters, beside an evaluator that follows the API's documentation word
//! by word, packet by packet.

#![allow(clippy::indexing_slicing, reason = "of JSON: a missing key reads as null, and is made when written")]

pub(super) mod bugs;
pub(super) mod clusters;
mod naive;
mod page;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Endpoint, Network, Options, Protocol, Verdict};
use serde_json::{Value, json};

use super::{Dice, report};
use bugs::BUGS;
use clusters::{OUTSIDE, PORTS, Sort};
use naive::{End, Packet, Pod, Reading, World};

/// Clusters of a full run.
pub const FULL_COUNT: usize = 20_000;
/// Clusters from which on every bug must be noticed.
const ENOUGH: usize = 2_000;
/// Every so many clusters the bugs are tried.
const BUGS_EVERY: usize = 20;
const PROTOCOLS: [(&str, Protocol); 3] = [("TCP", Protocol::Tcp), ("UDP", Protocol::Udp), ("SCTP", Protocol::Sctp)];

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    /// By sort: clusters, questions, those that are allowed, those that are unknown.
    sorts: BTreeMap<Sort, [usize; 4]>,
    policies: BTreeMap<String, usize>,
    disagreements: Vec<String>,
    /// Bugs, and in how many clusters each was noticed.
    bugs: Vec<(&'static str, usize)>,
    /// Clusters in which bugs were tried.
    tried: usize,
}

impl Tally {
    fn clusters(&self) -> usize {
        self.sorts.values().map(|counts| counts[0]).sum()
    }

    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if let Some(first) = self.disagreements.first() {
            complaints.push(format!("{} answers differ; the first:\n{first}", self.disagreements.len()));
        }
        // A sample is too small to meet every bug.
        let missed = self.bugs.iter().filter(|(_, found)| *found == 0 && self.clusters() >= ENOUGH);
        complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
        let [_, asked, allowed, _] = self.sorts.get(&Sort::Known).copied().unwrap_or_default();
        if !(30..=70).contains(&(allowed * 100 / asked.max(1))) {
            complaints.push(format!("{allowed} of {asked} are allowed"));
        }
        complaints
    }
}

/// Runs the judge, says what it found, and writes its section.
///
/// # Errors
/// A document cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    let tally = judge(seed, count);
    let page = page::page(&tally);
    println!("{page}");
    if write {
        report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, "network", &page)?;
    }
    let complaints = tally.complaints();
    complaints.iter().for_each(|complaint| println!("network: {complaint}"));
    println!("network: seed {seed}");
    ensure!(tally.clusters() == count, "not every cluster was made");
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Generates `count` clusters from `seed` and asks both sides.
pub fn judge(seed: u64, count: usize) -> Tally {
    let mut dice = Dice::new(seed);
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.0, 0)).collect(), ..Tally::default() };
    for number in 0..count {
        // Most clusters are such that every answer must be exact.
        let sort = if dice.chance(55) { Sort::Known } else { dice.pick(&Sort::ALL.map(Some)).unwrap_or(Sort::Known) };
        let objects = clusters::cluster(&mut dice, sort);
        for object in &objects {
            *tally.policies.entry(object["kind"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let truth = Truth::of(&objects, sort, &mut dice);
        let (counts, wrong) = truth.compare(&objects);
        let sum = tally.sorts.entry(sort).or_default();
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        if let Some(wrong) = wrong.filter(|_| tally.disagreements.len() < 50) {
            tally.disagreements.push(format!("cluster {number}: {wrong}\n{}", json!(objects)));
        }
        if sort == Sort::Known && number % BUGS_EVERY < 2 {
            tally.tried += 1;
            for (bug, found) in BUGS.iter().zip(&mut tally.bugs) {
                let mut changed = objects.clone();
                changed.iter_mut().for_each(bug.1);
                found.1 += usize::from(changed != objects && truth.compare(&changed).1.is_some());
            }
        }
        if (number + 1) % 2_000 == 0 {
            println!("network: {} of {count} clusters", number + 1);
        }
    }
    tally
}

/// What must be said of each question: allowed under every reading, under none, or under some.
struct Truth {
    /// Whether every answer must be exact; otherwise one may be unknown that has only one answer.
    exact: bool,
    /// Source and destination, protocol and port, and whether it may be allowed and may be denied.
    questions: Vec<(String, String, Protocol, u16, bool, bool)>,
}

impl Truth {
    /// Of all edges of ports and addresses some are asked for, others in each cluster.
    fn of(objects: &[Value], sort: Sort, dice: &mut Dice) -> Truth {
        let world = World::of(objects);
        let worlds: Vec<World> = thought(world, sort);
        let outside: Vec<IpAddr> = dice.some(&OUTSIDE, 45).iter().filter_map(|it| it.parse().ok()).collect();
        let edges: Vec<u16> = PORTS.iter().flat_map(|port| [*port, port.saturating_add(1)]).collect();
        let ports = dice.some(&edges, 35);
        let mut questions = Vec::new();
        let count = worlds.first().map_or(0, |world| world.pods.len());
        for one in 0..count {
            for other in (0..count).filter(|other| *other != one) {
                ask(&worlds, sort, &ports, Ends::Pods(one, other), &mut questions);
            }
            for address in &outside {
                ask(&worlds, sort, &ports, Ends::To(one, *address), &mut questions);
                ask(&worlds, sort, &ports, Ends::From(*address, one), &mut questions);
            }
        }
        Truth { exact: sort == Sort::Known, questions }
    }

    /// Counts of cluster, questions, allowed and unknown; and the first answer that is wrong.
    fn compare(&self, objects: &[Value]) -> ([usize; 4], Option<String>) {
        let text = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
        let origin = Origin::File("cluster.json".into());
        let parsed = parse(&text, &origin, 1, &mut Interner::default());
        let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
        let network = Network::new(&inventory, &Options::default());
        let engine = Engine::of(&network);
        let mut counts = [1, 0, 0, 0];
        for (from, to, protocol, port, may_allow, may_deny) in &self.questions {
            let Some((listed, asked)) = engine.say(from, to) else {
                return (counts, Some(format!("{from} → {to} has no ends")));
            };
            if listed != asked {
                return (counts, Some(format!("{from} → {to}: the list says {listed:?}, the question {asked:?}")));
            }
            let allowed = asked.allowed().contains(*protocol, *port);
            let denied = asked.denied().contains(*protocol, *port);
            counts[1] += 1;
            counts[2] += usize::from(allowed);
            counts[3] += usize::from(!allowed && !denied);
            let wrong = (allowed && *may_deny) || (denied && *may_allow) || (self.exact && allowed == denied);
            if wrong {
                let said = if allowed {
                    "allowed"
                } else if denied {
                    "denied"
                } else {
                    "unknown"
                };
                let truth = format!("may be allowed: {may_allow}, may be denied: {may_deny}");
                return (counts, Some(format!("{from} → {to} {protocol:?} {port}: {said}, but {truth}")));
            }
        }
        (counts, None)
    }
}

/// Addresses that pods without one may get: each world gives them others.
fn thought(world: World, sort: Sort) -> Vec<World> {
    if sort != Sort::NoAddresses {
        return vec![world];
    }
    let sets: [&[&str]; 6] =
        [&["10.0.0.1"], &["10.0.1.9"], &["172.16.0.1"], &["fd00::1"], &["fd00:9::1"], &["10.0.1.9", "2001:db8::77"]];
    let with = |set: &&[&str]| {
        let mut pods: Vec<Pod> = world.pods.clone();
        for pod in pods.iter_mut().filter(|pod| pod.addresses.is_empty()) {
            pod.addresses = set.iter().filter_map(|it| it.parse().ok()).collect();
        }
        world.with_pods(pods)
    };
    sets.iter().map(with).collect()
}

/// The ends of a question.
#[derive(Clone, Copy)]
enum Ends {
    Pods(usize, usize),
    To(usize, IpAddr),
    From(IpAddr, usize),
}

fn ask(
    worlds: &[World],
    sort: Sort,
    ports: &[u16],
    ends: Ends,
    questions: &mut Vec<(String, String, Protocol, u16, bool, bool)>,
) {
    let Some(world) = worlds.first() else { return };
    let pod = |number: usize| world.pods.get(number).map(|pod| format!("{}/{}", pod.namespace, pod.name));
    let names = match ends {
        Ends::Pods(one, other) => pod(one).zip(pod(other)),
        Ends::To(one, address) => pod(one).map(|one| (one, address.to_string())),
        Ends::From(address, one) => pod(one).map(|one| (address.to_string(), one)),
    };
    let Some((from, to)) = names else { return };
    let both = [true, false];
    let readings: Vec<Reading> = match sort {
        Sort::Known | Sort::NoAddresses => {
            vec![Reading { host_pods_are_pods: false, same_node: false, backwards: false }]
        }
        Sort::HostNetwork => both
            .iter()
            .flat_map(|pods| both.map(|node| Reading { host_pods_are_pods: *pods, same_node: node, backwards: false }))
            .collect(),
        Sort::EqualPriorities => {
            both.map(|it| Reading { host_pods_are_pods: false, same_node: false, backwards: it }).to_vec()
        }
    };
    for (name, protocol) in PROTOCOLS {
        for &port in ports {
            let (mut may_allow, mut may_deny) = (false, false);
            for world in worlds {
                for reading in &readings {
                    match connects(world, ends, name, port, *reading) {
                        Some(true) => may_allow = true,
                        Some(false) => may_deny = true,
                        None => {}
                    }
                }
            }
            questions.push((from.clone(), to.clone(), protocol, port, may_allow, may_deny));
        }
    }
}

/// Whether a connection is possible by some family that both ends have; `None` where a pod that is only thought of has
/// none in common with an address outside.
fn connects(world: &World, ends: Ends, protocol: &str, port: u16, reading: Reading) -> Option<bool> {
    let pod = |number: usize| world.pods.get(number);
    let outside = |address: &IpAddr| vec![*address];
    let (from, to, sources, destinations) = match &ends {
        Ends::Pods(one, other) => {
            let (one, other) = (pod(*one)?, pod(*other)?);
            (End::Pod(one), End::Pod(other), one.addresses.clone(), other.addresses.clone())
        }
        Ends::To(one, address) => {
            let one = pod(*one)?;
            (End::Pod(one), End::Outside, one.addresses.clone(), outside(address))
        }
        Ends::From(address, one) => {
            let one = pod(*one)?;
            (End::Outside, End::Pod(one), outside(address), one.addresses.clone())
        }
    };
    let mut met = false;
    for source in &sources {
        for destination in destinations.iter().filter(|it| it.is_ipv4() == source.is_ipv4()) {
            met = true;
            let packet = Packet { from, to, source: *source, destination: *destination, protocol, port };
            if world.arrives(packet, reading) {
                return Some(true);
            }
        }
    }
    let thought = world.is_thought();
    if met || !thought { Some(false) } else { None }
}

/// What the engine says, by the names of ends.
struct Engine<'n, 'a> {
    network: &'n Network<'a>,
    numbers: BTreeMap<String, usize>,
    listed: BTreeMap<(usize, usize), Verdict>,
}

impl<'n, 'a> Engine<'n, 'a> {
    fn of(network: &'n Network<'a>) -> Engine<'n, 'a> {
        let mut numbers = BTreeMap::new();
        let outside: Vec<(&str, IpAddr)> =
            OUTSIDE.iter().filter_map(|text| Some((*text, text.parse().ok()?))).collect();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            match endpoint {
                Endpoint::Workload(workload) => {
                    numbers.insert(format!("{}/{}", workload.namespace, workload.name), number);
                }
                Endpoint::Outside(addresses) => {
                    let inside = |(first, last): (IpAddr, IpAddr), it: IpAddr| {
                        first.is_ipv4() == it.is_ipv4() && first <= it && it <= last
                    };
                    let own = outside.iter().filter(|(_, it)| addresses.ranges().any(|range| inside(range, *it)));
                    numbers.extend(own.map(|(text, _)| ((*text).to_owned(), number)));
                }
                Endpoint::Node(_) => {}
            }
        }
        let mut listed = BTreeMap::new();
        for connection in &network.connections().groups {
            for pair in network.each(connection) {
                listed.insert(pair, (*connection.verdict).clone());
            }
        }
        Engine { network, numbers, listed }
    }

    /// What the list and what the question says.
    fn say(&self, from: &str, to: &str) -> Option<(Verdict, Verdict)> {
        let (from, to) = (*self.numbers.get(from)?, *self.numbers.get(to)?);
        let asked = self.network.between(from, to);
        // A list leaves out what is closed.
        let listed = self.listed.get(&(from, to)).cloned().unwrap_or_else(Verdict::closed);
        Some((listed, if asked.is_closed() { Verdict::closed() } else { asked }))
    }
}
