//! What must hold of every drawing, whatever the graph.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use cloister_graph::{
    Attention, Drawing, Edge, Graph, Group, Highlight, Node, Options, Shape, Spot, dot, list, mermaid, svg,
};
use proptest::prelude::*;

fn node(id: usize, layer: usize, group: Option<usize>, words: &str) -> Node {
    Node {
        id: format!("n{id:03}"),
        layer,
        group: group.map(|group| format!("g{group}")),
        label: words.to_owned(),
        full: format!("{words} in full"),
        badge: if id.is_multiple_of(2) { "SA".to_owned() } else { String::new() },
        details: (0..id % 3).map(|line| format!("line {line} of {words}")).collect(),
        shape: [Shape::Box, Shape::Pill, Shape::Cut, Shape::Drum][id % 4],
        attention: [Attention::Ordinary, Attention::High, Attention::Critical][id % 3],
        ..Node::default()
    }
}

fn edge(from: usize, to: usize) -> Edge {
    let label = if to.is_multiple_of(2) { format!("to {to}") } else { String::new() };
    Edge { from: format!("n{from:03}"), to: format!("n{to:03}"), label, ..Edge::default() }
}

prop_compose! {
    fn graphs()(
        places in prop::collection::vec((0..5_usize, prop::option::of(0..4_usize), ".{0,40}"), 1..40),
        pairs in prop::collection::vec((0..40_usize, 0..40_usize), 0..60),
        ranked in any::<bool>(),
    ) -> Graph {
        let nodes: Vec<Node> =
            places.iter().enumerate().map(|(id, (layer, group, words))| node(id, *layer, *group, words)).collect();
        let group = |number: u32| Group {
            id: format!("g{number}"), label: format!("group {number}"), rank: ranked.then_some(number), ..Group::default()
        };
        let pairs = pairs.iter().filter(|(from, to)| from != to);
        let way = Highlight { name: "A".to_owned(), full: "a way".to_owned(), nodes: vec!["n000".to_owned()] };
        Graph {
            title: "A graph".to_owned(),
            groups: (0..4).map(group).collect(),
            edges: pairs.map(|(from, to)| edge(from % nodes.len(), to % nodes.len())).collect(),
            nodes,
            highlights: vec![way],
            notes: vec!["a note".to_owned()],
            ..Graph::default()
        }
    }
}

fn apart(one: &Spot, other: &Spot) -> bool {
    one.x + one.width <= other.x
        || other.x + other.width <= one.x
        || one.y + one.height <= other.y
        || other.y + other.height <= one.y
}

fn inside(inner: &Spot, outer: &Spot) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

fn touches(point: (f64, f64), spot: &Spot) -> bool {
    (point.0 == spot.x || point.0 == spot.x + spot.width) && point.1 >= spot.y && point.1 <= spot.y + spot.height
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_everything_is_where_it_belongs(graph in graphs()) {
        let drawing = Drawing::new(graph.clone());
        prop_assert_eq!(drawing.graph.nodes.len(), graph.nodes.len());
        let whole = Spot { x: 0.0, y: 0.0, width: drawing.width, height: drawing.height };
        for (place, spot) in drawing.spots.iter().enumerate() {
            prop_assert!(inside(spot, &whole));
            prop_assert!(drawing.spots[place + 1..].iter().all(|other| apart(spot, other)), "{:?}", drawing.spots);
        }
        for frame in &drawing.frames {
            let id = &drawing.graph.groups[frame.group].id;
            for (node, spot) in drawing.graph.nodes.iter().zip(&drawing.spots) {
                if node.group.as_ref() == Some(id) {
                    prop_assert!(inside(spot, &frame.spot), "a member outside its band");
                } else {
                    prop_assert!(apart(spot, &frame.spot), "a stranger in a band");
                }
            }
        }
        for (place, frame) in drawing.frames.iter().enumerate() {
            prop_assert!(drawing.frames[place + 1..].iter().all(|other| apart(&frame.spot, &other.spot)));
        }
        let spot = |id: &str| drawing.spots[drawing.graph.nodes.iter().position(|node| node.id == id).unwrap()];
        prop_assert_eq!(drawing.links.len(), drawing.graph.edges.len());
        for link in &drawing.links {
            let edge = &drawing.graph.edges[link.edge];
            prop_assert!(touches(*link.points.first().unwrap(), &spot(&edge.from)), "{:?} {:?}", edge, link);
            prop_assert!(touches(*link.points.last().unwrap(), &spot(&edge.to)), "{:?} {:?}", edge, link);
        }
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(graph in graphs(), turn in 0..40_usize) {
        let mut turned = graph.clone();
        let turn_nodes = turn % turned.nodes.len();
        turned.nodes.rotate_left(turn_nodes);
        turned.edges.reverse();
        turned.groups.reverse();
        let all = |graph: Graph| {
            let text = [dot(&graph), mermaid(&graph), list(&graph)].concat();
            text + &svg(&Drawing::new(graph), &Options::default())
        };
        prop_assert_eq!(all(graph), all(turned));
    }

    #[test]
    fn every_picture_is_well_formed_and_names_every_node(graph in graphs()) {
        let text = svg(&Drawing::new(graph.clone()), &Options::default());
        let document = roxmltree::Document::parse(&text).unwrap();
        let labels: BTreeSet<&str> = document.descendants().filter_map(|node| node.attribute("aria-label")).collect();
        let nodes = document.descendants().filter(|node| node.attribute("aria-label").is_some());
        prop_assert_eq!(nodes.count(), graph.nodes.len());
        prop_assert!(labels.iter().all(|label| label.contains("in full")));
        let elements: BTreeSet<&str> = document.descendants().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
        let known = ["circle", "desc", "g", "path", "rect", "style", "svg", "text", "title"];
        prop_assert!(elements.iter().all(|element| known.contains(element)), "{:?}", elements);
    }
}

/// A layer and a place in it.
type At = (usize, usize);

/// Nodes in layers, with edges between them.
fn layered(sizes: &[usize], edges: &[(At, At)]) -> Graph {
    let name = |(layer, place): At| format!("{layer}-{place}");
    let one = |layer: usize, place: usize| Node { id: name((layer, place)), layer, ..Node::default() };
    let nodes = sizes.iter().enumerate().flat_map(|(layer, &size)| (0..size).map(move |place| one(layer, place)));
    let edges = edges.iter().map(|(from, to)| Edge { from: name(*from), to: name(*to), ..Edge::default() });
    Graph { nodes: nodes.collect(), edges: edges.collect(), ..Graph::default() }
}

#[test]
fn what_can_be_drawn_without_crossings_is() {
    let crossed = layered(&[3, 3], &[((0, 0), (1, 2)), ((0, 1), (1, 1)), ((0, 2), (1, 0))]);
    assert_eq!(Drawing::new(crossed).crossings, 0, "a reversed matching");
    let tree: Vec<_> =
        (0..3).map(|child| ((0, 0), (1, 2 - child))).chain((0..9).map(|leaf| ((1, leaf % 3), (2, leaf)))).collect();
    assert_eq!(Drawing::new(layered(&[1, 3, 9], &tree)).crossings, 0, "a tree whose leaves come in turn");
    let zigzag: Vec<_> = (0..5).flat_map(|at| [((0, at), (1, 4 - at)), ((0, (at + 1).min(4)), (1, 4 - at))]).collect();
    assert_eq!(Drawing::new(layered(&[5, 5], &zigzag)).crossings, 0, "a zigzag");
    let long = [((0, 0), (3, 0)), ((0, 1), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (3, 1))];
    assert_eq!(Drawing::new(layered(&[2, 1, 1, 2], &long)).crossings, 0, "an edge over two layers");
}

#[test]
fn crossings_that_must_be_are_counted() {
    let all: Vec<_> = (0..9).map(|pair| ((0, pair % 3), (1, pair / 3))).collect();
    assert_eq!(Drawing::new(layered(&[3, 3], &all)).crossings, 9, "three and three, all connected");
}

#[test]
fn bands_with_a_rank_keep_their_order() {
    let group = |id: &str, rank| Group { id: id.to_owned(), rank: Some(rank), ..Group::default() };
    let node = |id: &str, group: &str| Node { id: id.to_owned(), group: Some(group.to_owned()), ..Node::default() };
    let graph = Graph {
        groups: vec![group("a", 2), group("b", 1)],
        nodes: vec![node("in-a", "a"), node("in-b", "b")],
        ..Graph::default()
    };
    let drawing = Drawing::new(graph);
    let top = |id: &str| drawing.spots[drawing.graph.nodes.iter().position(|node| node.id == id).unwrap()].y;
    assert!(top("in-b") < top("in-a"));
}

#[test]
fn what_comes_back_arrives_from_the_right_with_its_words() {
    let place = |id, layer| Node { id, layer, ..node(1, layer, None, "name") };
    let nodes = vec![place("first".to_owned(), 0), place("last".to_owned(), 1), place("beside".to_owned(), 1)];
    let edge = |from: &str| {
        let [from, to, label] = [from, if from == "last" { "first" } else { "last" }, from].map(str::to_owned);
        Edge { from, to, label, ..Edge::default() }
    };
    let drawing = Drawing::new(Graph { nodes, edges: vec![edge("last"), edge("beside")], ..Graph::default() });
    let spot = |id: &str| drawing.spots[drawing.graph.nodes.iter().position(|node| node.id == id).unwrap()];
    for (from, to) in [("last", "first"), ("beside", "last")] {
        let word = drawing.words.iter().find(|word| word.text == from).unwrap();
        let end = spot(to);
        assert!(!word.ends && word.x > end.x + end.width && word.y > end.y + end.height / 2.0, "{word:?} {end:?}");
        let index = drawing.graph.edges.iter().position(|edge| edge.label == from).unwrap();
        let way = &drawing.links.iter().find(|link| link.edge == index).unwrap().points;
        assert_eq!(way.last().unwrap(), &(end.x + end.width, end.y + end.height / 2.0));
        assert!(from == "last" || way.len() == 4, "out, along, and back: {way:?}");
    }
}
