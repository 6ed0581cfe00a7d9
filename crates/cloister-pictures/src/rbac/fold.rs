//! As much as is readable: folded step by step, until it is.

use cloister_graph::Graph;

use super::Wish;
use super::classes::{Classes, Level};
use super::draw::draw;
use super::facts::Facts;

/// The first level that has few enough nodes; the last where none has.
pub(super) fn folded(facts: &Facts<'_>, wish: &Wish<'_>) -> Graph {
    let mut levels = Level::all().into_iter().peekable();
    loop {
        let Some(level) = levels.next() else { return Graph::default() };
        let classes = Classes::new(facts, level);
        // What has too many of these alone need not be drawn to be refused.
        if classes.least() > wish.most && levels.peek().is_some() {
            continue;
        }
        let graph = draw(facts, &classes, level, wish);
        if graph.nodes.len() <= wish.most || levels.peek().is_none() {
            return graph;
        }
    }
}
