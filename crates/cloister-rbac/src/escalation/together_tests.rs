//! What is shared and cut short comes to what looking at everything does.

use proptest::prelude::*;

use super::{Need, Together, close};
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::graph::{Edge, Graph, Proof, number};
use crate::escalation::search::{Search, cost_of, steps};
use crate::escalation::vertex::{Power, Scope, Vertex};

const USERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const POWERS: [Power; 3] = [Power::CreateSecrets, Power::ReadSomeSecret, Power::RunPods];
const SCOPES: [Scope<'static>; 3] = [Scope::Namespaces, Scope::One("n"), Scope::One("m")];

/// Edges between numbers of vertices, and what the second pair of powers leads to.
type Drawing = (Vec<(u32, u32, u16)>, u32);

fn all() -> Vec<Vertex<'static>> {
    let users = USERS.iter().map(|name| Vertex::User(name));
    let powers = POWERS.iter().flat_map(|&power| SCOPES.map(|scope| Vertex::Can(power, scope)));
    [Vertex::Admin].into_iter().chain(users).chain(powers).collect()
}

fn edge(graph: &mut Graph<'_>, from: u32, to: u32, weight: u16) {
    let (kind, conditions, proof) = (EdgeKind::Includes, Conditions::NONE, Proof::Always);
    graph.add(Edge { from, to, kind, weight, conditions, proof });
}

fn draw((edges, target): &Drawing) -> (Graph<'static>, Vec<Together>) {
    let mut graph = Graph::default();
    for vertex in all() {
        graph.vertex(vertex);
    }
    for power in POWERS {
        let wide = graph.vertex(Vertex::Can(power, Scope::Namespaces));
        for scope in [Scope::One("n"), Scope::One("m")] {
            let to = graph.vertex(Vertex::Can(power, scope));
            edge(&mut graph, wide, to, 0);
        }
    }
    edges.iter().for_each(|&(from, to, weight)| edge(&mut graph, from, to, weight));
    let mut together = Vec::new();
    for (pair, powers) in [[0, 1], [1, 2]].into_iter().enumerate() {
        for scope in SCOPES {
            let find = |graph: &Graph<'static>, power: usize, scope| graph.find(&Vertex::Can(POWERS[power], scope));
            let need = |power| Need {
                own: find(&graph, power, scope).unwrap(),
                wider: find(&graph, power, Scope::Namespaces).filter(|_| scope != Scope::Namespaces),
            };
            let needs = powers.map(need).into();
            let vertex = graph.vertex(Vertex::Together(number(together.len())));
            // What they come to everywhere they come to in each.
            let target = if pair == 0 { Vertex::Can(Power::RunPods, scope) } else { all()[*target as usize] };
            let to = graph.vertex(target);
            edge(&mut graph, vertex, to, 0);
            together.push(Together { vertex, needs });
        }
    }
    (graph, together)
}

/// Every vertex asked about everything that takes several, until nothing changes.
fn plainly(graph: &mut Graph<'_>, all: &[Together]) {
    loop {
        graph.close();
        let mut found = Vec::new();
        for from in 0..number(graph.vertices().len()) {
            let mut search = Search::default();
            search.run(graph, &[from], false);
            for together in all.iter().filter(|together| together.vertex != from) {
                let costs: Option<Vec<u32>> = together.needs.iter().map(|need| search.cost(need.own)).collect();
                let sum = costs.map(|costs| costs.iter().sum::<u32>());
                let known =
                    graph.out(from).filter(|(_, edge)| edge.to == together.vertex).map(|(_, edge)| cost_of(edge));
                if let Some(sum) = sum.filter(|sum| known.min().is_none_or(|known| known > *sum)) {
                    found.push((from, together.vertex, u16::try_from(steps(sum)).unwrap()));
                }
            }
        }
        if found.is_empty() {
            return;
        }
        found.into_iter().for_each(|(from, to, weight)| edge(graph, from, to, weight));
    }
}

fn drawing() -> impl Strategy<Value = Drawing> {
    let count = number(all().len());
    let edges = prop::collection::vec((1..count, 0..count, 0..3_u16), 4..24);
    (edges, 0..count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn closing_finds_what_looking_at_everything_finds(drawing in drawing()) {
        let ((mut quick, together), (mut plain, same)) = (draw(&drawing), draw(&drawing));
        close(&mut quick, &together);
        plainly(&mut plain, &same);
        let (mut one, mut two) = (Search::default(), Search::default());
        for from in 0..number(all().len()) {
            one.run(&quick, &[from], false);
            two.run(&plain, &[from], false);
            prop_assert_eq!(one.cost(0), two.cost(0), "to cluster-admin from {:?}", all()[from as usize]);
            // Who is cluster-admin has the rest by that.
            let rest = (1..number(all().len())).filter(|_| one.cost(0).is_none());
            for to in rest {
                prop_assert_eq!(one.cost(to), two.cost(to), "from {:?} to {:?}", all()[from as usize], all()[to as usize]);
            }
        }
    }
}
