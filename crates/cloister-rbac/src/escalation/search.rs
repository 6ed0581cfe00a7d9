//! Shortest paths: the fewest steps, and of those the most certain.

use super::conditions::Conditions;
use super::graph::{Edge, Graph};
use crate::policy::index;

/// What one step costs; what hangs on a condition costs 1 more, so that it comes after what is certain.
const STEP: u32 = 64;
/// Not reached.
const FAR: u32 = u32::MAX;

/// How many steps a cost stands for.
pub(crate) fn steps(cost: u32) -> u32 {
    cost / STEP
}

/// The cost of so many steps.
pub(crate) fn cost(steps: u16) -> u32 {
    u32::from(steps) * STEP
}

/// What following an edge costs.
pub(crate) fn cost_of(edge: &Edge<'_>) -> u32 {
    cost(edge.weight) + u32::from(!edge.conditions.is_certain())
}

/// One search, and what it found.
#[derive(Debug, Default)]
pub(crate) struct Search {
    cost: Vec<u32>,
    /// The edge that each vertex is reached by.
    by: Vec<u32>,
    touched: Vec<u32>,
    open: Vec<Vec<u32>>,
    /// Edges that hang on anything else are not followed.
    within: Option<Conditions>,
}

impl Search {
    /// One that follows only what hangs on no other conditions than these.
    pub fn within(conditions: Conditions) -> Search {
        Search { within: Some(conditions), ..Search::default() }
    }

    /// Along the edges, or against them, from these vertices to all that are reached.
    pub fn run(&mut self, graph: &Graph<'_>, starts: &[u32], against: bool) {
        self.run_until(graph, starts, against, None);
    }

    /// Against the edges from one vertex to those for whom it costs less than `bound` says, and not further than to what
    /// `ends` it.
    pub fn run_within(&mut self, graph: &Graph<'_>, start: u32, ends: impl Fn(u32) -> bool, bound: &Search) {
        self.clear(graph.vertices().len());
        self.reach(start, 0, FAR);
        let mut level = 0;
        while level < self.open.len() {
            while let Some(vertex) = self.open.get_mut(level).and_then(Vec::pop) {
                let cost = self.cost(vertex).filter(|cost| index(*cost) == level);
                let Some(cost) = cost.filter(|_| vertex == start || !ends(vertex)) else { continue };
                for (number, edge) in graph.into(vertex) {
                    let next = cost + cost_of(edge);
                    let is_needless = bound.cost(edge.from).is_some_and(|other| other <= next);
                    if !is_needless {
                        self.reach(edge.from, next, number);
                    }
                }
            }
            level += 1;
        }
    }

    /// The same, no further than to one vertex.
    pub fn run_until(&mut self, graph: &Graph<'_>, starts: &[u32], against: bool, end: Option<u32>) {
        self.clear(graph.vertices().len());
        starts.iter().for_each(|&start| self.reach(start, 0, FAR));
        let mut level = 0;
        while level < self.open.len() {
            while let Some(vertex) = self.open.get_mut(level).and_then(Vec::pop) {
                let cost = self.cost(vertex).filter(|cost| index(*cost) == level);
                let Some(cost) = cost else { continue };
                if Some(vertex) == end {
                    return;
                }
                let within = self.within;
                let mut go = |(number, edge): (u32, &Edge<'_>), next| {
                    if within.is_none_or(|within| edge.conditions.is_within(within)) {
                        self.reach(next, cost + cost_of(edge), number);
                    }
                };
                if against {
                    graph.into(vertex).for_each(|edge| go(edge, edge.1.from));
                } else {
                    graph.out(vertex).for_each(|edge| go(edge, edge.1.to));
                }
            }
            level += 1;
        }
    }

    fn clear(&mut self, vertices: usize) {
        for &vertex in &self.touched {
            if let Some(cost) = self.cost.get_mut(index(vertex)) {
                *cost = FAR;
            }
        }
        self.touched.clear();
        self.open.clear();
        self.cost.resize(vertices, FAR);
        self.by.resize(vertices, FAR);
    }

    fn reach(&mut self, vertex: u32, cost: u32, by: u32) {
        let place = index(vertex);
        let Some(known) = self.cost.get_mut(place).filter(|known| **known > cost) else { return };
        if *known == FAR {
            self.touched.push(vertex);
        }
        *known = cost;
        if let Some(edge) = self.by.get_mut(place) {
            *edge = by;
        }
        let level = index(cost);
        if self.open.len() <= level {
            self.open.resize_with(level + 1, Vec::new);
        }
        if let Some(open) = self.open.get_mut(level) {
            open.push(vertex);
        }
    }

    /// The cost of a vertex that was reached.
    pub fn cost(&self, vertex: u32) -> Option<u32> {
        self.cost.get(index(vertex)).copied().filter(|cost| *cost != FAR)
    }

    /// All that was reached, in the order in which it was.
    pub fn reached(&self) -> &[u32] {
        &self.touched
    }

    /// The edges from the start to a vertex; of a search against the edges, from the vertex to the start.
    pub fn path(&self, graph: &Graph<'_>, vertex: u32, against: bool) -> Vec<u32> {
        let (mut path, mut at) = (Vec::new(), vertex);
        while let Some(&by) = self.by.get(index(at)).filter(|by| **by != FAR) {
            let Some(edge) = graph.edge(by) else { break };
            path.push(by);
            at = if against { edge.to } else { edge.from };
        }
        if !against {
            path.reverse();
        }
        path
    }
}
