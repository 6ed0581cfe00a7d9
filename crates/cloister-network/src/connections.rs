//! Every connection that policies let through, alike ones together.

use std::sync::Arc;

use foldhash::HashMap;

use crate::classes::{Class, Match};
use crate::network::Network;
use crate::policy::Direction;
use crate::rows::{Row, Rows, Verdicts};
use crate::verdict::Verdict;

/// Sources that each reach each of some destinations on the same ports.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Classes of sources, in order.
    pub sources: Vec<usize>,
    /// Classes of destinations, in order.
    pub destinations: Arc<[usize]>,
    /// The ports.
    pub verdict: Arc<Verdict>,
}

/// All of them.
#[derive(Debug)]
pub struct Connections {
    /// Each pair of classes of which some port is open, or may be, once.
    pub groups: Vec<Connection>,
}

impl Connections {
    /// How many connections between two endpoints they are.
    pub fn count(&self, network: &Network<'_>) -> usize {
        let size = |classes: &[usize]| classes.iter().map(|class| network.members(*class).len()).sum::<usize>();
        let pairs = self.groups.iter().map(|group| {
            let common = group.sources.iter().filter(|class| group.destinations.binary_search(class).is_ok());
            let own: usize = common.map(|class| network.members(*class).len()).sum();
            size(&group.sources).saturating_mul(size(&group.destinations)).saturating_sub(own)
        });
        pairs.fold(0, usize::saturating_add)
    }
}

impl Network<'_> {
    /// Every connection of which some port is open, or may be: between pods, and of pods with nodes and the outside.
    pub fn connections(&self) -> Connections {
        let mut verdicts = Verdicts::default();
        let closed = verdicts.number(Verdict::closed());
        let egress = self.rows(Direction::Egress, &mut verdicts);
        let ingress = self.rows(Direction::Ingress, &mut verdicts);
        let mut pairs = Pairs::new(self, &egress, &ingress, closed, verdicts);
        let mut groups: HashMap<(u32, Arc<[usize]>), Vec<usize>> = HashMap::default();
        let mut order = Vec::new();
        for source in 0..self.classes.len() {
            for (verdict, destinations) in pairs.of(source) {
                let key = (verdict, Arc::<[usize]>::from(destinations));
                let sources = groups.entry(key.clone()).or_default();
                if sources.is_empty() {
                    order.push(key);
                }
                sources.push(source);
            }
        }
        let verdicts = pairs.verdicts;
        let group = |key: (u32, Arc<[usize]>)| {
            let verdict = verdicts.get(key.0)?.clone();
            let sources = groups.remove(&key)?;
            Some(Connection { sources, destinations: key.1, verdict })
        };
        Connections { groups: order.into_iter().filter_map(group).collect() }
    }

    /// Each connection between two endpoints: their numbers and the ports. A workload's connections with its own
    /// replicas come where it has several pods, which the input need not tell; they are left out here.
    pub fn each<'c>(&'c self, connection: &'c Connection) -> impl Iterator<Item = (usize, usize)> + 'c {
        let sources = connection.sources.iter().flat_map(|class| self.members(*class));
        sources.flat_map(move |source| {
            let destinations = connection.destinations.iter().flat_map(|class| self.members(*class));
            destinations
                .filter(move |destination| *destination != source)
                .map(move |destination| (*source, *destination))
        })
    }
}

/// What the source's policies say by each family, what the destination's say, and which families are possible.
type Sides = ([u32; 2], [u32; 2], [Match; 2]);

/// Looks up what is said of pairs of classes.
pub(crate) struct Pairs<'n, 'a> {
    network: &'n Network<'a>,
    egress: &'n Rows,
    ingress: &'n Rows,
    /// The exceptions of ingress rows by the class that they are about.
    exceptions: Vec<Vec<(usize, [u32; 2])>>,
    closed: u32,
    pub(crate) verdicts: Verdicts,
    both: HashMap<Sides, u32>,
}

impl<'n, 'a> Pairs<'n, 'a> {
    pub(crate) fn new(
        network: &'n Network<'a>,
        egress: &'n Rows,
        ingress: &'n Rows,
        closed: u32,
        verdicts: Verdicts,
    ) -> Pairs<'n, 'a> {
        let mut exceptions = vec![Vec::new(); network.classes.len()];
        for (number, row) in ingress.rows.iter().enumerate() {
            for (class, said) in &row.exceptions {
                let of_class = usize::try_from(*class).ok().and_then(|class| exceptions.get_mut(class));
                of_class.into_iter().for_each(|list: &mut Vec<_>| list.push((number, *said)));
            }
        }
        Pairs { network, egress, ingress, exceptions, closed, verdicts, both: HashMap::default() }
    }

    /// The destinations of one source, by verdict.
    fn of(&mut self, source: usize) -> Vec<(u32, Vec<usize>)> {
        let said = self.said(source);
        let mut found: Vec<Option<Vec<usize>>> = vec![None; self.verdicts.len()];
        for (destination, number) in said.into_iter().enumerate().filter(|(_, number)| *number != self.closed) {
            let list = usize::try_from(number).ok().and_then(|at| found.get_mut(at));
            list.into_iter().for_each(|list| list.get_or_insert_default().push(destination));
        }
        (0u32..).zip(found).filter_map(|(number, list)| Some((number, list?))).collect()
    }

    /// The verdict of one source with each class.
    pub(crate) fn said(&mut self, source: usize) -> Vec<u32> {
        let (network, ingress) = (self.network, self.ingress);
        let mut said = vec![self.closed; network.classes.len()];
        let (Some(from), Some(row)) =
            (network.classes.get(source), self.egress.of.get(source).and_then(|row| self.egress.rows.get(*row)))
        else {
            return said;
        };
        let out = dense(row, network.classes.len());
        let mut incoming: Vec<[u32; 2]> = ingress.rows.iter().map(|row| row.ordinary).collect();
        for (row, said) in self.exceptions.get(source).into_iter().flatten() {
            incoming.get_mut(*row).into_iter().for_each(|it| *it = *said);
        }
        let mut last: Option<(Sides, u32)> = None;
        let destinations = network.classes.iter().enumerate().zip(&out).zip(&ingress.of).zip(&mut said);
        for ((((destination, to), out), row), said) in destinations {
            let alone = source == destination && to.members.len() < 2;
            let Some(into) = incoming.get(*row).filter(|_| !alone && meet(from, to)) else { continue };
            let families = network.families(from, to);
            let sides = (*out, *into, families);
            let number = match last {
                Some((before, number)) if before == sides => number,
                _ => self.both(sides, from, to),
            };
            last = Some((sides, number));
            *said = number;
        }
        said
    }

    fn both(&mut self, sides: Sides, from: &Class<'a>, to: &Class<'a>) -> u32 {
        if let Some(number) = self.both.get(&sides) {
            return *number;
        }
        let (out, into, _) = sides;
        let verdict = |number: u32| self.verdicts.get(number).map_or_else(Verdict::closed, |it| (**it).clone());
        let ([out4, out6], [into4, into6]) = (out.map(verdict), into.map(verdict));
        let verdict = self.network.joined(from, to, out4.and(&into4), || out6.and(&into6));
        // Closed is closed, whatever else may be told of it.
        let number = if verdict.is_closed() { self.closed } else { self.verdicts.number(verdict) };
        self.both.insert(sides, number);
        number
    }
}

/// Policies are about pods: what passes between others is nobody's question here.
fn meet(from: &Class<'_>, to: &Class<'_>) -> bool {
    match (from.is_pod(), to.is_pod()) {
        (true, true) => from.network == to.network,
        (one, other) => one || other,
    }
}

fn dense(row: &Row, classes: usize) -> Vec<[u32; 2]> {
    let mut all = vec![row.ordinary; classes];
    for (class, said) in &row.exceptions {
        let of_class = usize::try_from(*class).ok().and_then(|class| all.get_mut(class));
        of_class.into_iter().for_each(|it| *it = *said);
    }
    all
}
