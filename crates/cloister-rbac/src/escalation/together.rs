//! What takes several vertices at once: two rights that need not be one identity's, such as asking for a certificate and
//! approving it. Whoever reaches all of them has what they come to together.

use foldhash::HashMap;

use super::conditions::Conditions;
use super::edges::EdgeKind;
use super::graph::{Edge, Graph, Proof};
use super::search::{Search, cost_of, steps};
use super::vertex::Vertex;

/// What such a thing may itself lead to another; so often is looked.
const ROUNDS: usize = 6;

/// One of them.
#[derive(Debug)]
pub(crate) struct Together {
    /// The vertex that stands for all.
    pub vertex: u32,
    /// What is needed.
    pub needs: Box<[u32]>,
}

/// Vertices with the cost of reaching something, by number.
type Costs = Vec<(u32, u32)>;

/// Adds an edge from whoever reaches all, where the ways part, to what they come to.
pub(crate) fn close(graph: &mut Graph<'_>, all: &[Together]) {
    let mut known: HashMap<(u32, u32), u32> = HashMap::default();
    graph.close();
    for _ in 0..ROUNDS {
        let found = look(graph, all, &mut known);
        if found.is_empty() {
            break;
        }
        for (from, to, cost) in found {
            let weight = u16::try_from(steps(cost)).unwrap_or(u16::MAX);
            let (kind, conditions, proof) = (EdgeKind::Includes, Conditions::NONE, Proof::Always);
            graph.add(Edge { from, to, kind, weight, conditions, proof });
        }
        graph.close();
    }
}

fn look(graph: &Graph<'_>, all: &[Together], known: &mut HashMap<(u32, u32), u32>) -> Vec<(u32, u32, u32)> {
    let mut uses: HashMap<u32, usize> = HashMap::default();
    for need in all.iter().flat_map(|together| &together.needs) {
        *uses.entry(*need).or_default() += 1;
    }
    let (mut search, mut to_admin) = (Search::default(), Search::default());
    if let Some(admin) = graph.find(&Vertex::Admin) {
        to_admin.run(graph, &[admin], true);
    }
    let mut kept: HashMap<u32, Costs> = HashMap::default();
    let mut found = Vec::new();
    for together in all {
        let costs = reach_all(graph, together, &uses, &mut search, &mut kept);
        for (vertex, cost) in frontier(graph, &costs) {
            // Who is cluster-admin before that needs nothing of this.
            let is_needless = to_admin.cost(vertex).is_some_and(|other| other < cost);
            let best = known.entry((vertex, together.vertex)).or_insert(u32::MAX);
            if !is_needless && cost < *best {
                *best = cost;
                found.push((vertex, together.vertex, cost));
            }
        }
    }
    found
}

/// Who reaches every need, and what all of it costs.
fn reach_all(
    graph: &Graph<'_>,
    together: &Together,
    uses: &HashMap<u32, usize>,
    search: &mut Search,
    kept: &mut HashMap<u32, Costs>,
) -> Costs {
    let mut all: Option<Costs> = None;
    for need in &together.needs {
        let costs = match kept.get(need) {
            Some(costs) => costs.clone(),
            None => {
                search.run(graph, &[*need], true);
                let mut costs: Costs =
                    search.reached().iter().filter_map(|&vertex| Some((vertex, search.cost(vertex)?))).collect();
                costs.sort_unstable();
                if uses.get(need).is_some_and(|uses| *uses > 1) {
                    kept.insert(*need, costs.clone());
                }
                costs
            }
        };
        all = Some(all.map_or(costs.clone(), |all| both(&all, &costs)));
        if all.as_ref().is_some_and(Vec::is_empty) {
            break;
        }
    }
    all.unwrap_or_default()
}

/// Of two lists in order, what is in both.
fn both(one: &Costs, two: &Costs) -> Costs {
    let (few, many) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let other =
        |vertex: u32| many.binary_search_by_key(&vertex, |(vertex, _)| *vertex).ok().and_then(|at| many.get(at));
    few.iter().filter_map(|(vertex, cost)| Some((*vertex, cost + other(*vertex)?.1))).collect()
}

/// Those from whom no single step leads to another who reaches all as cheaply.
fn frontier(graph: &Graph<'_>, costs: &Costs) -> Costs {
    let cost = |vertex: u32| {
        costs
            .binary_search_by_key(&vertex, |(vertex, _)| *vertex)
            .ok()
            .and_then(|at| costs.get(at))
            .map(|found| found.1)
    };
    let goes_on = |&(vertex, own): &(u32, u32)| {
        graph.out(vertex).any(|(_, edge)| cost(edge.to).is_some_and(|next| next + cost_of(edge) <= own))
    };
    costs.iter().copied().filter(|entry| !goes_on(entry)).collect()
}
