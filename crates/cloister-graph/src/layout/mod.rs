//! Where everything stands.

mod columns;
mod net;
mod order;
mod place;

use serde::Serialize;

use crate::measure::{fit, width};
use crate::{Graph, Node, Shape};
use columns::Columns;
use net::{Net, of};

/// Font sizes in pixels: first lines, other lines, words on edges.
pub(crate) const LABEL: f64 = 13.0;
pub(crate) const DETAIL: f64 = 11.0;
pub(crate) const WORDS: f64 = 10.5;
const HEADING: f64 = 12.0;
/// Heights of lines, and what is left free above and below them.
pub(crate) const LABEL_LINE: f64 = 17.0;
pub(crate) const DETAIL_LINE: f64 = 14.0;
const MARGIN: f64 = 11.0;
/// How much of a drum's top its lid takes, and its bottom bulges.
pub(crate) const LID: f64 = 5.0;
/// Around the members of a band; above them stands its name.
const BAND: (f64, f64, f64) = (14.0, 34.0, 14.0);
const BETWEEN_BANDS: f64 = 14.0;

/// A node's place: the upper left corner, width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spot {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Down.
    pub height: f64,
}

/// A band's place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Frame {
    /// The index of the group.
    pub group: usize,
    /// Where it is.
    #[serde(flatten)]
    pub spot: Spot,
}

/// An edge's way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// The index of the edge.
    pub edge: usize,
    /// From its start to its end; where the height changes, it swings.
    pub points: Vec<(f64, f64)>,
}

/// A word on edges: at its right end, or at its left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Word {
    /// From the left.
    pub x: f64,
    /// From the top, of the line that it is written on.
    pub y: f64,
    /// Whether `x` is where it ends.
    pub ends: bool,
    /// The word.
    pub text: String,
}

/// A graph with a place for each of its parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drawing {
    /// What is drawn, sorted.
    pub graph: Graph,
    /// How wide it is.
    pub width: f64,
    /// How high it is, without what is written around it.
    pub height: f64,
    /// How many pairs of edges cross.
    pub crossings: usize,
    /// Each node's place.
    pub spots: Vec<Spot>,
    /// Bands.
    pub frames: Vec<Frame>,
    /// Edges.
    pub links: Vec<Link>,
    /// Words on edges.
    pub words: Vec<Word>,
    /// Where each column begins.
    pub columns: Vec<f64>,
}

impl Drawing {
    /// Lays a graph out.
    pub fn new(graph: Graph) -> Drawing {
        let graph = graph.sorted();
        let net = Net::new(&graph, height);
        let (order, crossings) = order::order(&net);
        let (middles, heights) = place::place(&net, &order);
        let columns = Columns::new(&graph, &net);
        let tops = stack(&net, &order.blocks, &heights);
        let middles: Vec<f64> =
            net.items.iter().zip(&middles).map(|(item, middle)| middle + of(&tops, item.block)).collect();
        let mut spots = vec![Spot::default(); graph.nodes.len()];
        for (item, &middle) in net.items.iter().zip(&middles) {
            let Some(spot) = item.node.and_then(|node| spots.get_mut(node)) else { continue };
            let (x, width) = columns.at(item.layer);
            *spot = Spot { x, y: middle - item.height / 2.0, width, height: item.height };
        }
        let frames = frames(&net, &tops, &heights, &columns);
        let bottoms = frames.iter().map(|frame| frame.spot).chain(spots.iter().copied());
        Drawing {
            width: columns.width,
            height: bottoms.map(|spot| spot.y + spot.height).fold(0.0, f64::max) + 2.0,
            crossings,
            frames,
            links: columns.links(&graph, &net, &middles),
            words: columns.words(&graph, &spots),
            columns: (0..net.layers).map(|layer| columns.at(layer).0).collect(),
            spots,
            graph,
        }
    }
}

/// The height of a node in pixels; even, so that its middle is whole.
fn height(node: &Node) -> f64 {
    let details = node.details.iter().map(|_| DETAIL_LINE).sum::<f64>();
    let lid = if node.shape == Shape::Drum { 2.0 * LID } else { 0.0 };
    ((LABEL_LINE + details + MARGIN + lid) / 2.0).ceil() * 2.0
}

/// The top of the members of each block: below what is above it in any of its layers.
fn stack(net: &Net, order: &[usize], heights: &[f64]) -> Vec<f64> {
    let mut tops = vec![0.0; net.blocks.len()];
    let mut free = vec![0.0_f64; net.layers];
    for &index in order {
        let Some(block) = net.blocks.get(index) else { continue };
        let (above, below) = if block.group.is_some() { (BAND.1, BAND.2) } else { (2.0, 0.0) };
        let taken = block.layers.1 + 1 - block.layers.0;
        let top = free.iter().skip(block.layers.0).take(taken).copied().fold(0.0, f64::max) + above;
        tops.iter_mut().skip(index).take(1).for_each(|it| *it = top);
        let bottom = top + of(heights, index) + below + BETWEEN_BANDS;
        free.iter_mut().skip(block.layers.0).take(taken).for_each(|it| *it = bottom);
    }
    tops
}

fn frames(net: &Net, tops: &[f64], heights: &[f64], columns: &Columns) -> Vec<Frame> {
    let framed = net.blocks.iter().enumerate().filter_map(|(index, block)| Some((index, block.group?, block.layers)));
    let one = |(index, group, layers): (usize, usize, (usize, usize))| {
        let (left, (last, wide)) = (columns.at(layers.0).0 - BAND.0, columns.at(layers.1));
        let (y, height) = (of(tops, index) - BAND.1, of(heights, index) + BAND.1 + BAND.2);
        Frame { group, spot: Spot { x: left, y, width: last + wide + BAND.0 - left, height } }
    };
    framed.map(one).collect()
}

/// How wide a node would like to be.
fn wish(node: &Node) -> f64 {
    let marks = width(&node.badge, 10.0) + 24.0 + width(node.attention.mark(), 11.0) + 22.0;
    let details = node.details.iter().map(|line| width(line, DETAIL) + width(&node.badge, 10.0) + 34.0);
    details.fold(width(&node.label, LABEL) + marks, f64::max)
}

/// What of a text is drawn.
pub(crate) fn cut(text: &str, size: f64, most: f64) -> String {
    fit(&cloister_model::clean(text), size, most).into_owned()
}
