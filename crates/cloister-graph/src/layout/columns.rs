//! How far to the right: columns, and between them room for words and for edges to swing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::net::{Net, of};
use super::{BAND, HEADING, Spot, WORDS, Word, cut, wish};
use crate::measure::width;
use crate::{Edge, Graph, Link};

/// The widths that a column may have.
const NARROWEST: f64 = 100.0;
const WIDEST: f64 = 220.0;
/// The most that a word on an edge may take.
const WIDEST_WORD: f64 = 104.0;
/// Where edges go from one height to another.
const SWING: f64 = 44.0;
/// The picture as a whole is no narrower: what is written around it needs room.
const PICTURE: f64 = 760.0;

/// A column and the room to its right.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    x: f64,
    width: f64,
    /// Room for words behind the nodes of this column, and before those of the next.
    behind: f64,
    before_next: f64,
}

#[derive(Debug, Default)]
pub(super) struct Columns {
    columns: Vec<Column>,
    /// The picture's.
    pub width: f64,
}

/// Where the words of an edge stand.
enum Side {
    /// Before the node that all these edges lead to.
    End,
    /// Behind the node that all these edges leave.
    Start,
    /// Behind the node that they lead to, below the line: they come back from the right.
    Back,
}

impl Columns {
    pub fn new(graph: &Graph, net: &Net) -> Columns {
        let mut columns = vec![Column { width: NARROWEST, ..Column::default() }; net.layers];
        for node in &graph.nodes {
            if let Some(column) = columns.get_mut(node.layer) {
                column.width = column.width.max(wish(node).min(WIDEST).ceil());
            }
        }
        for (heading, column) in graph.headings.iter().zip(&mut columns) {
            // It is bold.
            column.width = column.width.max((width(heading, HEADING) * 1.1).min(WIDEST).ceil());
        }
        let layers: HashMap<&str, usize> = graph.nodes.iter().map(|node| (node.id.as_str(), node.layer)).collect();
        for (edge, side) in worded(graph) {
            let layer = |id: &str| layers.get(id).copied();
            let room = (width(&edge.label, WORDS).min(WIDEST_WORD) + 14.0).ceil();
            match side {
                Side::Start => {
                    let column = layer(&edge.from).and_then(|layer| columns.get_mut(layer));
                    column.into_iter().for_each(|column| column.behind = column.behind.max(room));
                }
                Side::Back => {
                    let column = layer(&edge.to).and_then(|layer| columns.get_mut(layer));
                    column.into_iter().for_each(|column| column.behind = column.behind.max(room));
                }
                Side::End => {
                    let before = layer(&edge.to).and_then(|layer| layer.checked_sub(1));
                    let column = before.and_then(|layer| columns.get_mut(layer));
                    column.into_iter().for_each(|column| column.before_next = column.before_next.max(room));
                }
            }
        }
        let mut x = BAND.0 + 2.0;
        for column in &mut columns {
            column.x = x;
            x += column.width + column.behind + SWING + column.before_next;
        }
        let last = columns.last().map_or(0.0, |column| column.x + column.width);
        Columns { columns, width: (last + BAND.0 + 2.0).max(PICTURE) }
    }

    /// Where a column begins, and how wide it is.
    pub fn at(&self, layer: usize) -> (f64, f64) {
        self.columns.get(layer).map_or((0.0, 0.0), |column| (column.x, column.width))
    }

    /// The ways of all edges.
    pub fn links(&self, graph: &Graph, net: &Net, middles: &[f64]) -> Vec<Link> {
        let back = |index: usize, chain: &[usize]| {
            let first = chain.first().and_then(|&item| net.items.get(item)?.node);
            let edge = graph.edges.get(index);
            first.and_then(|node| graph.nodes.get(node)).zip(edge).is_some_and(|(node, edge)| node.id != edge.from)
        };
        let one = |(edge, chain): &(usize, Vec<usize>)| {
            let mut points = self.way(net, chain, middles);
            if back(*edge, chain) {
                points.reverse();
            }
            Link { edge: *edge, points }
        };
        net.chains.iter().map(one).collect()
    }

    fn way(&self, net: &Net, chain: &[usize], middles: &[f64]) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        for (&from, &to) in chain.iter().zip(chain.iter().skip(1)) {
            let (upper, lower) = (of(middles, from), of(middles, to));
            let column = of(&self.columns, net.layer(from));
            let right = column.x + column.width;
            let swing = right + column.behind;
            if net.layer(from) == net.layer(to) {
                // Beside the column and its words, out and back.
                let out = swing + SWING / 4.0;
                points.extend([(right, upper), (out, upper), (out, lower), (right, lower)]);
                continue;
            }
            let next = self.at(net.layer(to)).0;
            points.extend([(right, upper), (swing, upper), (swing + SWING, lower), (next, lower)]);
        }
        points.dedup();
        points
    }

    /// The words on edges, each once where all edges of a node say the same.
    pub fn words(&self, graph: &Graph, spots: &[Spot]) -> Vec<Word> {
        let places: HashMap<&str, Spot> =
            graph.nodes.iter().zip(spots).map(|(node, spot)| (node.id.as_str(), *spot)).collect();
        let mut words = BTreeMap::new();
        for (edge, side) in worded(graph) {
            let (id, is_end, is_below) = match side {
                Side::End => (&edge.to, true, false),
                Side::Start => (&edge.from, false, false),
                Side::Back => (&edge.to, false, true),
            };
            let Some(spot) = places.get(id.as_str()) else { continue };
            let x = if is_end { spot.x - 8.0 } else { spot.x + spot.width + 6.0 };
            let text = cut(&edge.label, WORDS, WIDEST_WORD);
            let line = if is_below { 11.0 } else { -4.0 };
            let word = Word { x, y: spot.y + spot.height / 2.0 + line, ends: is_end, text };
            words.insert((id, is_end, is_below, &edge.label), word);
        }
        words.into_values().collect()
    }
}

/// Edges with words, and where these stand: on one side in all of a gap, so that room is kept on one side only.
fn worded(graph: &Graph) -> Vec<(&Edge, Side)> {
    let mut into: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    let mut out: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for edge in &graph.edges {
        into.entry(&edge.to).or_default().insert(&edge.label);
        out.entry(&edge.from).or_default().insert(&edge.label);
    }
    let layers: HashMap<&str, usize> = graph.nodes.iter().map(|node| (node.id.as_str(), node.layer)).collect();
    let layer = |edge: &Edge| layers.get(edge.from.as_str()).copied();
    // The gaps in which words at the ends would not be the same for all that arrive.
    let at_ends = |edge: &&Edge| into.get(edge.to.as_str()).is_some_and(|labels| labels.len() == 1);
    let disagreeing: BTreeSet<Option<usize>> = graph.edges.iter().filter(|edge| !at_ends(edge)).map(layer).collect();
    let worded = graph.edges.iter().filter(|edge| !edge.label.is_empty());
    let is_back = |edge: &Edge| layer(edge) >= layers.get(edge.to.as_str()).copied();
    let side = |edge: &Edge| {
        if is_back(edge) {
            return Side::Back;
        }
        let at_start = out.get(edge.from.as_str()).is_some_and(|labels| labels.len() == 1);
        if at_start && disagreeing.contains(&layer(edge)) { Side::Start } else { Side::End }
    };
    worded.map(|edge| (edge, side(edge))).collect()
}
