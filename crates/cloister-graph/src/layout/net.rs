//! The graph as layout sees it: items in layers, every edge from one layer to the next.

use std::collections::HashMap;

use crate::{Graph, Node};

/// A node, or a bend of an edge that passes a layer.
#[derive(Debug)]
pub(super) struct Item {
    pub layer: usize,
    pub block: usize,
    pub height: f64,
    /// The node's index in the graph; `None` for a bend.
    pub node: Option<usize>,
    /// Neighbours in the layer before and in the layer after.
    pub left: Vec<usize>,
    pub right: Vec<usize>,
}

/// What stays together from top to bottom: a group, or all that is in none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub group: Option<usize>,
    pub rank: Option<u32>,
    /// The layers that it takes, first and last.
    pub layers: (usize, usize),
}

#[derive(Debug, Default)]
pub(super) struct Net {
    pub items: Vec<Item>,
    pub blocks: Vec<Block>,
    pub layers: usize,
    /// For each edge of the graph that has ends: its index, and the items that it passes from left to right.
    pub chains: Vec<(usize, Vec<usize>)>,
}

impl Net {
    /// Of a sorted graph.
    pub fn new(graph: &Graph, height: impl Fn(&Node) -> f64) -> Net {
        let mut net =
            Net { layers: graph.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0), ..Net::default() };
        let mut ids = HashMap::new();
        let groups: HashMap<&str, usize> =
            graph.groups.iter().enumerate().map(|(index, group)| (group.id.as_str(), index)).collect();
        let mut blocks = HashMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            let group = node.group.as_ref().and_then(|group| groups.get(group.as_str()).copied());
            let block = *blocks.entry(group).or_insert_with(|| net.add_block(graph, group, node.layer));
            net.widen(block, node.layer);
            ids.insert(node.id.as_str(), net.items.len());
            net.add(node.layer, block, height(node), Some(index));
        }
        for (index, edge) in graph.edges.iter().enumerate() {
            if let Some((&from, &to)) = ids.get(edge.from.as_str()).zip(ids.get(edge.to.as_str())) {
                net.connect(index, from, to, graph, &mut blocks);
            }
        }
        net
    }

    fn add_block(&mut self, graph: &Graph, group: Option<usize>, layer: usize) -> usize {
        let of = group.and_then(|group| graph.groups.get(group));
        let layers = of.and_then(|group| group.layers).unwrap_or((layer, layer));
        self.layers = self.layers.max(layers.1 + 1);
        self.blocks.push(Block { group, rank: of.and_then(|group| group.rank), layers });
        self.blocks.len() - 1
    }

    fn widen(&mut self, block: usize, layer: usize) {
        if let Some(block) = self.blocks.get_mut(block) {
            block.layers = (block.layers.0.min(layer), block.layers.1.max(layer));
        }
    }

    fn add(&mut self, layer: usize, block: usize, height: f64, node: Option<usize>) -> usize {
        self.items.push(Item { layer, block, height, node, left: Vec::new(), right: Vec::new() });
        self.items.len() - 1
    }

    /// Leads an edge through each layer between its ends. Within one layer there is nothing to lead.
    fn connect(
        &mut self,
        edge: usize,
        from: usize,
        to: usize,
        graph: &Graph,
        blocks: &mut HashMap<Option<usize>, usize>,
    ) {
        let (from, to) = if self.layer(from) <= self.layer(to) { (from, to) } else { (to, from) };
        let mut chain = vec![from];
        for layer in self.layer(from) + 1..self.layer(to) {
            let (block, other) = (self.block(from), self.block(to));
            let block = match [block, other].into_iter().find(|it| block == other || self.passes(*it, layer)) {
                Some(block) => block,
                None => *blocks.entry(None).or_insert_with(|| self.add_block(graph, None, layer)),
            };
            self.widen(block, layer);
            let bend = self.add(layer, block, 2.0, None);
            chain.push(bend);
        }
        chain.push(to);
        if self.layer(from) < self.layer(to) {
            for (&left, &right) in chain.iter().zip(chain.iter().skip(1)) {
                self.items.get_mut(left).into_iter().for_each(|item| item.right.push(right));
                self.items.get_mut(right).into_iter().for_each(|item| item.left.push(left));
            }
        }
        self.chains.push((edge, chain));
    }

    /// Whether a band spans a layer, so that edges of its members may bend in it.
    fn passes(&self, block: usize, layer: usize) -> bool {
        self.blocks.get(block).is_some_and(|it| it.group.is_some() && it.layers.0 <= layer && layer <= it.layers.1)
    }

    pub fn layer(&self, item: usize) -> usize {
        self.items.get(item).map_or(0, |item| item.layer)
    }

    pub fn block(&self, item: usize) -> usize {
        self.items.get(item).map_or(0, |item| item.block)
    }

    pub fn left(&self, item: usize) -> &[usize] {
        self.items.get(item).map_or(&[], |item| &item.left)
    }

    pub fn right(&self, item: usize) -> &[usize] {
        self.items.get(item).map_or(&[], |item| &item.right)
    }
}

/// The value of an item in a list that has one for each.
pub(super) fn of<T: Copy + Default>(list: &[T], item: usize) -> T {
    list.get(item).copied().unwrap_or_default()
}
