//! Who reaches some ends, and what these reach: each connection, and by which policies it is open.

use std::collections::{BTreeMap, BTreeSet};

use cloister_network::{Applied, Connections, Direction, Endpoint, Network, Policy, PortSet, Side, Step, Verdict};

/// Which side of connections is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Who reaches the ends.
    Into,
    /// What the ends reach.
    OutOf,
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// From here.
    pub source: usize,
    /// To there.
    pub destination: usize,
    /// What is decided about its ports.
    pub verdict: Verdict,
}

/// All of them, or as many as are wanted.
#[derive(Debug, Default)]
pub struct Reached {
    /// In the order of their ends.
    pub connections: Vec<Connection>,
    /// How many there are.
    pub all: usize,
    /// How many by the namespace of the other end; nodes and addresses outside under an empty name.
    pub by_namespace: BTreeMap<String, usize>,
}

/// So many are put in order; of more than these the first that were met are.
const GATHERED: usize = 200_000;

/// The connections of some ends, `most` of them at the most.
pub fn reached(network: &Network<'_>, known: &Connections, ends: &[usize], asked: Asked, most: usize) -> Reached {
    let ends: BTreeSet<usize> = ends.iter().copied().collect();
    let members = |classes: &[usize]| -> Vec<usize> {
        classes.iter().flat_map(|class| network.members(*class)).copied().collect()
    };
    let mut found = Reached::default();
    let mut pairs: Vec<(usize, usize, &Verdict)> = Vec::new();
    for group in &known.groups {
        let (own, others) = match asked {
            Asked::Into => (&*group.destinations, group.sources.as_slice()),
            Asked::OutOf => (group.sources.as_slice(), &*group.destinations),
        };
        let own: Vec<usize> = members(own).into_iter().filter(|end| ends.contains(end)).collect();
        if own.is_empty() {
            continue;
        }
        for other in members(others) {
            let with: Vec<usize> = own.iter().copied().filter(|end| *end != other).collect();
            found.all += with.len();
            if !with.is_empty() {
                *found.by_namespace.entry(namespace(network, other).to_owned()).or_default() += with.len();
            }
            let room = GATHERED.saturating_sub(pairs.len());
            pairs.extend(with.into_iter().take(room).map(|end| match asked {
                Asked::Into => (other, end, &*group.verdict),
                Asked::OutOf => (end, other, &*group.verdict),
            }));
        }
    }
    pairs.sort_by_key(|(source, destination, _)| (*source, *destination));
    let one = |(source, destination, verdict): (usize, usize, &Verdict)| Connection {
        source,
        destination,
        verdict: verdict.clone(),
    };
    found.connections = pairs.into_iter().take(most).map(one).collect();
    found
}

fn namespace<'n>(network: &'n Network<'_>, end: usize) -> &'n str {
    network.endpoint(end).and_then(Endpoint::workload).map_or("", |it| it.namespace)
}

/// Why a connection is open on its way out and on its way in; nothing for an end that is no pod.
pub fn why(network: &Network<'_>, one: &Connection) -> [Vec<String>; 2] {
    let ports = one.verdict.allowed().union(&one.verdict.unknown());
    let Some(explained) = network.explain(one.source, one.destination, &ports) else { return Default::default() };
    let is_pod = |end: usize| network.endpoint(end).is_some_and(|it| it.workload().is_some());
    let said = |side: &Side, end: usize| -> Vec<String> {
        side.steps.iter().filter(|_| is_pod(end)).map(|step| line(network, step, side.direction, &ports)).collect()
    };
    [said(&explained.egress, one.source), said(&explained.ingress, one.destination)]
}

/// One step in words; its ports where it is about some of them.
fn line(network: &Network<'_>, step: &Step, direction: Direction, ports: &PortSet) -> String {
    let some = if step.ports == *ports { String::new() } else { format!(": {}", step.ports) };
    let perhaps = if step.certain { "" } else { "perhaps " };
    let by = || by(network, step, direction);
    match step.applied {
        Applied::Accepts => format!("{perhaps}allowed by {}{some}", by()),
        Applied::Denies => format!("{perhaps}denied by {}{some}", by()),
        Applied::Passes => format!("{perhaps}left to the next tier by {}{some}", by()),
        Applied::Isolates => format!("{perhaps}closed by {}, which allow it by no rule{some}", by()),
        Applied::Undecided => format!("no policy decides{some}"),
    }
}

/// The policies of a step, and its rule, with their places.
pub fn by(network: &Network<'_>, step: &Step, direction: Direction) -> String {
    let policies = step.policies.iter().filter_map(|number| network.policies().get(*number));
    let one = |policy: &Policy<'_>| {
        let resource = policy.resource;
        let name = match &resource.namespace {
            Some(namespace) => format!("{} {namespace}/{}", resource.kind, resource.name),
            None => format!("{} {}", resource.kind, resource.name),
        };
        let rule = step.rule.and_then(|number| policy.rules(direction)?.iter().find(|rule| rule.number == number));
        let (number, mark) = match rule {
            Some(rule) => (format!(" {}[{}]", direction.as_str(), rule.number), rule.node.mark),
            None => (String::new(), resource.root.mark),
        };
        let place = resource.locate(mark).map(|place| match place.line {
            Some(line) => format!(" ({}:{line})", place.file),
            None => format!(" ({})", place.file),
        });
        format!("{name}{number}{}", place.unwrap_or_default())
    };
    policies.map(one).collect::<Vec<_>>().join(", ")
}
