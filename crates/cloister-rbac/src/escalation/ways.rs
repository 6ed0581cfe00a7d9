//! Every way to cluster-admin that hangs on no more than some conditions, by what it begins with: who cuts the shortest
//! one has not cut the others.

use foldhash::HashMap;

use super::conditions::Conditions;
use super::edges::EdgeKind;
use super::graph::{Edge, Proof};
use super::path::Path;
use super::search::{Search, cost_of};
use super::vertex::Vertex;
use super::{Closure, graph};

/// The ways to cluster-admin along edges that hang on nothing else.
#[derive(Debug)]
pub struct Ways<'c, 'p, 'a> {
    closure: &'c Closure<'p, 'a>,
    within: Conditions,
    search: Search,
}

/// What a way begins with: the edge by which a role is held, and what shows the first thing that is done.
type Beginning = (u32, u32, u32);

impl<'p, 'a> Closure<'p, 'a> {
    /// The ways to cluster-admin that hang on no other conditions than these.
    pub fn ways_to_admin(&self, within: Conditions) -> Ways<'_, 'p, 'a> {
        let mut search = Search::within(within);
        if let Some(admin) = self.sketch.graph.find(&Vertex::Admin) {
            search.run(&self.sketch.graph, &[admin], true);
        }
        Ways { closure: self, within, search }
    }
}

impl<'p, 'a> Ways<'_, 'p, 'a> {
    /// The shortest way of each beginning, shortest first.
    pub fn from(&self, vertex: &Vertex<'_>) -> Vec<Path<'p, 'a>> {
        let Some(from) = self.closure.sketch.graph.number_of(vertex) else { return Vec::new() };
        let mut best: HashMap<Beginning, (u32, Vec<u32>)> = HashMap::default();
        self.begin(from, &mut Vec::new(), 0, &mut best);
        let mut found: Vec<(u32, Vec<u32>)> = best.into_values().collect();
        found.sort_unstable();
        let mut scratch = Search::default();
        let told = found.into_iter().map(|(_, edges)| {
            let last = edges.last().and_then(|&edge| self.closure.sketch.graph.edge(edge));
            self.closure.tell(from, last.map_or(from, |edge| edge.to), &edges, &mut scratch)
        });
        // Several things at once are one edge, whose own conditions are told only with it.
        told.filter(|path| !path.steps.is_empty() && path.conditions().is_within(self.within)).collect()
    }

    /// Follows what somebody is and holds, up to the first thing that is done.
    fn begin(&self, at: u32, before: &mut Vec<u32>, cost: u32, best: &mut HashMap<Beginning, (u32, Vec<u32>)>) {
        for (number, edge) in self.closure.sketch.graph.out(at) {
            if !edge.conditions.is_within(self.within) {
                continue;
            }
            before.push(number);
            let cost = cost + cost_of(edge);
            if matches!(edge.kind, EdgeKind::GroupMember | EdgeKind::HoldsRole) {
                self.begin(edge.to, before, cost, best);
            } else if let Some(rest) = self.search.cost(edge.to) {
                let cost = cost + rest;
                let known = best.entry(self.beginning(before, edge)).or_insert((u32::MAX, Vec::new()));
                if cost < known.0 {
                    let rest = self.search.path(&self.closure.sketch.graph, edge.to, true);
                    *known = (cost, before.iter().copied().chain(rest).collect());
                }
            }
            before.pop();
        }
    }

    fn beginning(&self, before: &[u32], edge: &Edge<'_>) -> Beginning {
        let held = before.len().checked_sub(2).and_then(|at| before.get(at)).copied().unwrap_or(u32::MAX);
        match edge.proof {
            Proof::Rule(rule) => (held, 0, rule),
            // The rules that are used together; the same ones may be listed for each thing that they reach.
            Proof::Rights(list) => {
                let rights = self.closure.sketch.rights.get(crate::policy::index(list)).into_iter().flatten();
                let first = rights.map(|(_, rule)| *rule).max().unwrap_or(u32::MAX);
                (held, 1, first)
            }
            _ => (held, 2, graph::number(usize::from(edge.kind == EdgeKind::Includes))),
        }
    }
}
