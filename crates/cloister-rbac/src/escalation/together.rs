//! What takes several vertices at once: two rights that need not be one identity's, such as asking for a certificate and
//! approving it. Whoever reaches all of them has what they come to together.
//!
//! There is one such thing for each namespace in which one of its rights is given by itself. Whoever holds another of them
//! everywhere is looked for once ([`Need::wider`]), and whoever is cluster-admin as cheaply needs none of it: so each
//! costs no more than the few who come from its own namespace.

use foldhash::{HashMap, HashSet};

use super::conditions::Conditions;
use super::edges::EdgeKind;
use super::graph::{Edge, Graph, Proof};
use super::search::{Search, cost_of, steps};
use super::vertex::{Scope, Vertex};
use crate::policy::index;

/// What such a thing may itself lead to another; so often is looked.
const ROUNDS: usize = 6;
const FAR: u32 = u32::MAX;

/// Something that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The vertex.
    pub own: u32,
    /// The same capability where it holds more widely, which leads to it. Where all needs are had more widely, there
    /// must be a thing of that scope, too, that leads to as much.
    pub wider: Option<u32>,
}

impl Need {
    /// Just this vertex.
    pub fn of(own: u32) -> Need {
        Need { own, wider: None }
    }
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Together {
    /// The vertex that stands for all.
    pub vertex: u32,
    /// What is needed.
    pub needs: Box<[Need]>,
}

/// Vertices with a cost, by number.
type Costs = HashMap<u32, u32>;

/// The search as it goes on from round to round.
struct Closing<'g, 'a> {
    graph: &'g Graph<'a>,
    to_admin: Search,
    scratch: Search,
    /// The cost of reaching what many need, for every vertex.
    shared: HashMap<u32, Vec<u32>>,
}

/// Adds an edge from whoever reaches all, where the ways part, to what they come to.
pub(crate) fn close(graph: &mut Graph<'_>, all: &[Together]) {
    let mut known: HashMap<(u32, u32), u32> = HashMap::default();
    graph.close();
    let mut open: Vec<&Together> = all.iter().collect();
    for _ in 0..ROUNDS {
        let found = Closing::new(graph).look(&open, &mut known);
        if found.is_empty() {
            break;
        }
        for &(from, to, cost) in &found {
            let weight = u16::try_from(steps(cost)).unwrap_or(u16::MAX);
            let (kind, conditions, proof) = (EdgeKind::Includes, Conditions::NONE, Proof::Always);
            graph.add(Edge { from, to, kind, weight, conditions, proof });
        }
        graph.close();
        open = touched(graph, all, &found);
    }
}

/// Those with a need that is reached from what was found.
fn touched<'t>(graph: &Graph<'_>, all: &'t [Together], found: &[(u32, u32, u32)]) -> Vec<&'t Together> {
    let starts: HashSet<u32> = found.iter().map(|(_, to, _)| *to).collect();
    let starts: Vec<u32> = starts.into_iter().collect();
    let mut search = Search::default();
    search.run(graph, &starts, false);
    let is_reached =
        |need: &Need| search.cost(need.own).is_some() || need.wider.is_some_and(|wider| search.cost(wider).is_some());
    all.iter().filter(|together| together.needs.iter().any(is_reached)).collect()
}

impl<'g, 'a> Closing<'g, 'a> {
    fn new(graph: &'g Graph<'a>) -> Closing<'g, 'a> {
        let mut to_admin = Search::default();
        if let Some(admin) = graph.find(&Vertex::Admin) {
            to_admin.run(graph, &[admin], true);
        }
        Closing { graph, to_admin, scratch: Search::default(), shared: HashMap::default() }
    }

    fn look(&mut self, open: &[&Together], known: &mut HashMap<(u32, u32), u32>) -> Vec<(u32, u32, u32)> {
        let mut found = Vec::new();
        for together in open {
            let costs = self.reach_all(together);
            for (vertex, cost) in self.frontier(&costs) {
                let best = known.entry((vertex, together.vertex)).or_insert(FAR);
                if cost < *best {
                    *best = cost;
                    found.push((vertex, together.vertex, cost));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Who reaches every need, and what all of it costs.
    fn reach_all(&mut self, together: &Together) -> Costs {
        let mut local: Vec<Costs> = Vec::new();
        for need in &together.needs {
            local.push(if self.is_shared(need.own) { Costs::default() } else { self.local(need) });
            let shared = Some(need.own).filter(|own| self.is_shared(*own));
            for vertex in shared.into_iter().chain(need.wider) {
                self.share(vertex);
            }
        }
        let vertices: HashSet<u32> = if together.needs.iter().all(|need| self.is_shared(need.own)) {
            self.reached_by(together.needs.first().map_or(FAR, |need| need.own))
        } else {
            local.iter().flat_map(|costs| costs.keys().copied()).collect()
        };
        let cost = |vertex: u32| {
            together.needs.iter().zip(&local).try_fold(0_u32, |sum, (need, local)| {
                let own = local.get(&vertex).copied().into_iter();
                let shared =
                    [Some(need.own), need.wider].into_iter().flatten().map(|need| self.shared_cost(need, vertex));
                sum.checked_add(own.chain(shared).min().filter(|cost| *cost != FAR)?)
            })
        };
        let is_needful = |(vertex, cost): &(u32, u32)| self.to_admin.cost(*vertex).is_none_or(|other| other > *cost);
        vertices.into_iter().filter_map(|vertex| Some((vertex, cost(vertex)?))).filter(is_needful).collect()
    }

    /// Whether many need it: what holds everywhere.
    fn is_shared(&self, vertex: u32) -> bool {
        matches!(self.graph.at(vertex), Some(Vertex::Can(_, Scope::Cluster | Scope::Namespaces)))
    }

    fn local(&mut self, need: &Need) -> Costs {
        self.scratch.run_within(self.graph, need.own, need.wider, &self.to_admin);
        let reached = self.scratch.reached().iter();
        reached.filter_map(|&vertex| Some((vertex, self.scratch.cost(vertex)?))).collect()
    }

    fn share(&mut self, need: u32) {
        if self.shared.contains_key(&need) {
            return;
        }
        self.scratch.run(self.graph, &[need], true);
        let vertices = 0..super::graph::number(self.graph.vertices().len());
        self.shared.insert(need, vertices.map(|vertex| self.scratch.cost(vertex).unwrap_or(FAR)).collect());
    }

    fn shared_cost(&self, need: u32, vertex: u32) -> u32 {
        self.shared.get(&need).and_then(|costs| costs.get(index(vertex))).copied().unwrap_or(FAR)
    }

    fn reached_by(&self, need: u32) -> HashSet<u32> {
        let costs = self.shared.get(&need).into_iter().flatten();
        (0..).zip(costs).filter(|(_, cost)| **cost != FAR).map(|(vertex, _)| vertex).collect()
    }

    /// Those from whom no single step leads to another who reaches all as cheaply; of a circle that costs nothing, one.
    fn frontier(&self, costs: &Costs) -> Vec<(u32, u32)> {
        let goes_on: HashSet<u32> = costs.iter().flat_map(|entry| self.before(costs, entry)).collect();
        let mut ends: Vec<u32> = costs.keys().copied().filter(|vertex| !goes_on.contains(vertex)).collect();
        let mut covered: HashSet<u32> = ends.iter().copied().collect();
        let mut open = ends.clone();
        while covered.len() < costs.len() {
            while let Some(entry) = open.pop().and_then(|vertex| costs.get_key_value(&vertex)) {
                open.extend(self.before(costs, entry).filter(|vertex| covered.insert(*vertex)));
            }
            let left = costs.iter().filter(|(vertex, _)| !covered.contains(*vertex));
            let Some((_, &next)) = left.map(|(vertex, cost)| (cost, vertex)).min() else { break };
            covered.insert(next);
            ends.push(next);
            open.push(next);
        }
        ends.into_iter().filter_map(|vertex| Some((vertex, *costs.get(&vertex)?))).collect()
    }

    /// Whom a single step leads to this one without loss.
    fn before<'c>(&'c self, costs: &'c Costs, (&vertex, &cost): (&'c u32, &'c u32)) -> impl Iterator<Item = u32> + 'c {
        let edges = self.graph.into(vertex).filter(move |(_, edge)| {
            costs.get(&edge.from).is_some_and(|own| cost.saturating_add(cost_of(edge)) <= *own)
        });
        edges.map(|(_, edge)| edge.from)
    }
}

#[cfg(test)]
#[path = "together_tests.rs"]
mod tests;
