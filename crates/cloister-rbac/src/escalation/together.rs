//! What takes several vertices at once: two rights that need not be one identity's, such as asking for a certificate and
//! approving it. Whoever reaches all of them has what they come to together.
//!
//! There is one such thing for each namespace in which one of its rights is given by itself. What holds everywhere is a
//! hub: who comes over it to a need is looked for once, and who comes over hubs to all of them is worked out once for all
//! things that have the same hubs at the same costs. Whoever is cluster-admin as cheaply needs none of it. So each thing
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
    /// The hubs that were met.
    hubs: HashMap<u32, Hub>,
    /// Who comes over hubs alone, by what each need is reached from.
    over: HashMap<Vec<Near>, Vec<(u32, u32)>>,
}

/// What holds everywhere, and who reaches it.
#[derive(Debug, Default)]
struct Hub {
    /// The cost for every vertex.
    cost: Vec<u32>,
    reached: Vec<u32>,
}

/// From which hubs a need is reached, and at what cost; and the one that is the same capability, held more widely.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Near {
    hubs: Vec<(u32, u32)>,
    wide: Option<u32>,
    /// It is a hub itself.
    is_hub: bool,
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
        Closing { graph, to_admin, scratch: Search::default(), hubs: HashMap::default(), over: HashMap::default() }
    }

    fn look(&mut self, open: &[&Together], known: &mut HashMap<(u32, u32), u32>) -> Vec<(u32, u32, u32)> {
        let mut found = Vec::new();
        for together in open {
            for (vertex, cost) in self.ends(together) {
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

    /// Who reaches every need, and what all of it costs, where the ways part.
    fn ends(&mut self, together: &Together) -> Vec<(u32, u32)> {
        let (near, local): (Vec<Near>, Vec<Costs>) = together.needs.iter().map(|need| self.look_around(need)).unzip();
        for &(hub, _) in near.iter().flat_map(|near| &near.hubs) {
            self.meet(hub);
        }
        let cost = |vertex: u32| {
            near.iter().zip(&local).try_fold(0_u32, |sum, (near, local)| {
                let own = local.get(&vertex).copied().unwrap_or(FAR);
                sum.checked_add(Some(own.min(self.cost_over(near, vertex))).filter(|cost| *cost != FAR)?)
            })
        };
        let vertices: HashSet<u32> = local.iter().flat_map(|costs| costs.keys().copied()).collect();
        let costs = vertices.into_iter().filter_map(|vertex| Some((vertex, cost(vertex)?)));
        let costs: Costs = costs.filter(|(vertex, cost)| self.is_needful(*vertex, *cost)).collect();
        let mut ends = self.frontier(&costs);
        if !self.over.contains_key(&near) {
            let over = self.over_hubs(&near);
            self.over.insert(near.clone(), over);
        }
        let over = self.over.get(&near).into_iter().flatten().copied();
        ends.extend(over.filter(|(vertex, _)| !costs.contains_key(vertex)));
        ends
    }

    /// Whether somebody is not cluster-admin as cheaply.
    fn is_needful(&self, vertex: u32, cost: u32) -> bool {
        self.to_admin.cost(vertex).is_none_or(|other| other > cost)
    }

    /// Who reaches a need without a hub, and the hubs where the others come from.
    fn look_around(&mut self, need: &Need) -> (Near, Costs) {
        if is_hub(self.graph, need.own) {
            return (Near { hubs: vec![(need.own, 0)], wide: Some(need.own), is_hub: true }, Costs::default());
        }
        let graph = self.graph;
        self.scratch.run_within(graph, need.own, |vertex| is_hub(graph, vertex), &self.to_admin);
        let reached = self.scratch.reached().iter();
        let costs = reached.filter_map(|&vertex| Some((vertex, self.scratch.cost(vertex)?)));
        let (mut hubs, local): (Vec<_>, Vec<_>) = costs.partition(|(vertex, _)| is_hub(graph, *vertex));
        hubs.retain(|(hub, _)| Some(*hub) != need.wider);
        hubs.extend(need.wider.map(|wider| (wider, 0)));
        hubs.sort_unstable();
        (Near { hubs, wide: need.wider, is_hub: false }, local.into_iter().collect())
    }

    fn meet(&mut self, hub: u32) {
        if self.hubs.contains_key(&hub) {
            return;
        }
        self.scratch.run_within(self.graph, hub, |_| false, &self.to_admin);
        let vertices = 0..super::graph::number(self.graph.vertices().len());
        let cost = vertices.map(|vertex| self.scratch.cost(vertex).unwrap_or(FAR)).collect();
        self.hubs.insert(hub, Hub { cost, reached: self.scratch.reached().to_vec() });
    }

    fn cost_to(&self, hub: u32, vertex: u32) -> u32 {
        self.hubs.get(&hub).and_then(|hub| hub.cost.get(index(vertex))).copied().unwrap_or(FAR)
    }

    fn cost_over(&self, near: &Near, vertex: u32) -> u32 {
        let costs = near.hubs.iter().map(|(hub, cost)| self.cost_to(*hub, vertex).saturating_add(*cost));
        costs.min().unwrap_or(FAR)
    }

    /// Who reaches every need over hubs, where the ways part. Who does so by the same capabilities, held more widely, has
    /// the thing of that scope.
    fn over_hubs(&self, near: &[Near]) -> Vec<(u32, u32)> {
        let reached = |near: &Near| near.hubs.iter().filter_map(|(hub, _)| self.hubs.get(hub)).collect::<Vec<&Hub>>();
        let fewest =
            near.iter().map(reached).min_by_key(|hubs| hubs.iter().map(|hub| hub.reached.len()).sum::<usize>());
        let vertices: HashSet<u32> = fewest.into_iter().flatten().flat_map(|hub| hub.reached.iter().copied()).collect();
        let sum = |of: &dyn Fn(&Near) -> u32| {
            near.iter().try_fold(0_u32, |sum, near| sum.checked_add(Some(of(near)).filter(|cost| *cost != FAR)?))
        };
        let is_widest = near.iter().all(|near| near.is_hub);
        let cost = |vertex: u32| {
            let cost = sum(&|near| self.cost_over(near, vertex))?;
            let wide = sum(&|near| near.wide.map_or(FAR, |wide| self.cost_to(wide, vertex)));
            let is_own = is_widest || wide.is_none_or(|wide| wide > cost);
            (is_own && self.is_needful(vertex, cost)).then_some(cost)
        };
        let costs: Costs = vertices.into_iter().filter_map(|vertex| Some((vertex, cost(vertex)?))).collect();
        self.frontier(&costs)
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

/// Whether many come over it: what holds everywhere.
fn is_hub(graph: &Graph<'_>, vertex: u32) -> bool {
    matches!(graph.at(vertex), Some(Vertex::Can(_, Scope::Cluster | Scope::Namespaces)))
}

#[cfg(test)]
#[path = "together_tests.rs"]
mod tests;
