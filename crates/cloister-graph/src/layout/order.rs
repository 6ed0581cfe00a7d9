//! Which stands above which: barycentres, neighbours exchanged where that helps, the best kept.

use super::net::{Net, of};

/// So often everything is swept from left to right and back.
const ROUNDS: usize = 16;

/// An arrangement of the items.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The items of each layer, from the top.
    pub layers: Vec<Vec<usize>>,
    /// The blocks, from the top.
    pub blocks: Vec<usize>,
    /// The place of each item in its layer.
    places: Vec<usize>,
}

/// The arrangement with the fewest crossings that was found; of equal ones the first, which follows ranks.
pub(super) fn order(net: &Net) -> (Order, usize) {
    let mut now = Order::first(net);
    let mut best = (now.clone(), now.crossings(net));
    for _ in 0..ROUNDS {
        if best.1 == 0 {
            break;
        }
        now.sort_blocks(net);
        (1..net.layers).for_each(|layer| now.sweep(net, layer, Net::left));
        (0..net.layers).rev().skip(1).for_each(|layer| now.sweep(net, layer, Net::right));
        now.exchange(net);
        let crossings = now.crossings(net);
        if crossings < best.1 {
            best = (now.clone(), crossings);
        }
    }
    best
}

impl Order {
    /// What hangs together stands together, in the order of ranks.
    fn first(net: &Net) -> Order {
        let mut order =
            Order { layers: vec![Vec::new(); net.layers], blocks: Vec::new(), places: vec![0; net.items.len()] };
        order.blocks = (0..net.blocks.len()).collect();
        let rank = |block: &usize| net.blocks.get(*block).and_then(|block| block.rank).unwrap_or(u32::MAX);
        order.blocks.sort_by_key(rank);
        let mut seen = vec![false; net.items.len()];
        for start in 0..net.items.len() {
            let mut open = vec![start];
            while let Some(item) = open.pop() {
                if seen.get(item).copied().unwrap_or(true) {
                    continue;
                }
                seen.iter_mut().skip(item).take(1).for_each(|seen| *seen = true);
                order.layers.get_mut(net.layer(item)).into_iter().for_each(|layer| layer.push(item));
                let near = |other: &&usize| net.block(**other) == net.block(item);
                open.extend(net.left(item).iter().rev().filter(near));
                open.extend(net.right(item).iter().rev().filter(near));
            }
        }
        order.keep_blocks(net);
        order
    }

    /// Sorts each layer by blocks, and notes the places.
    fn keep_blocks(&mut self, net: &Net) {
        let mut of_block = vec![0; net.blocks.len()];
        for (place, &block) in self.blocks.iter().enumerate() {
            of_block.iter_mut().skip(block).take(1).for_each(|it| *it = place);
        }
        for layer in &mut self.layers {
            layer.sort_by_key(|&item| of(&of_block, net.block(item)));
        }
        (0..self.layers.len()).for_each(|layer| self.note(layer));
    }

    fn note(&mut self, layer: usize) {
        for (place, &item) in self.layers.get(layer).into_iter().flatten().enumerate() {
            self.places.iter_mut().skip(item).take(1).for_each(|it| *it = place);
        }
    }

    /// Blocks without a rank go where their edges lead.
    fn sort_blocks(&mut self, net: &Net) {
        let mut place = vec![0; net.blocks.len()];
        for (index, &block) in self.blocks.iter().enumerate() {
            place.iter_mut().skip(block).take(1).for_each(|it| *it = index);
        }
        let mut sums = vec![(0.0, 0.0); net.blocks.len()];
        for item in &net.items {
            for &other in item.left.iter().chain(&item.right).filter(|&&other| net.block(other) != item.block) {
                let (sum, count) = of(&sums, item.block);
                let there = real(of(&place, net.block(other)));
                sums.iter_mut().skip(item.block).take(1).for_each(|it| *it = (sum + there, count + 1.0));
            }
        }
        let wish = |block: usize| {
            let (sum, count) = of(&sums, block);
            let is_ranked = net.blocks.get(block).is_some_and(|block| block.rank.is_some());
            if is_ranked || count == 0.0 { real(of(&place, block)) } else { sum / count }
        };
        self.blocks.sort_by(|&one, &other| wish(one).total_cmp(&wish(other)));
        self.keep_blocks(net);
    }

    /// Sorts a layer by the mean place of each item's neighbours on one side, within its block.
    fn sweep(&mut self, net: &Net, layer: usize, side: fn(&Net, usize) -> &[usize]) {
        let mut place_of_block = vec![0; net.blocks.len()];
        for (place, &block) in self.blocks.iter().enumerate() {
            place_of_block.iter_mut().skip(block).take(1).for_each(|it| *it = place);
        }
        let Some(items) = self.layers.get(layer) else { return };
        let mut last = 0.0;
        let mut keyed: Vec<(usize, f64, usize)> = Vec::with_capacity(items.len());
        for &item in items {
            let neighbours = side(net, item);
            if !neighbours.is_empty() {
                let sum: usize = neighbours.iter().map(|&other| of(&self.places, other)).sum();
                last = real(sum) / real(neighbours.len());
            }
            keyed.push((of(&place_of_block, net.block(item)), last, item));
        }
        keyed.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        if let Some(items) = self.layers.get_mut(layer) {
            *items = keyed.into_iter().map(|(_, _, item)| item).collect();
        }
        self.note(layer);
    }

    /// Exchanges neighbours of one block as long as that takes crossings away.
    fn exchange(&mut self, net: &Net) {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for layer in 0..self.layers.len() {
                let length = self.layers.get(layer).map_or(0, Vec::len);
                for place in 1..length {
                    changed |= self.exchange_at(net, layer, place);
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn exchange_at(&mut self, net: &Net, layer: usize, place: usize) -> bool {
        let Some(items) = self.layers.get_mut(layer) else { return false };
        let Some((&upper, &lower)) = items.get(place - 1).zip(items.get(place)) else { return false };
        if net.block(upper) != net.block(lower) {
            return false;
        }
        let pairs = [(net.left(upper), net.left(lower)), (net.right(upper), net.right(lower))];
        let (mut kept, mut exchanged) = (0, 0);
        for (of_upper, of_lower) in pairs {
            for one in of_upper.iter().map(|&item| of(&self.places, item)) {
                for other in of_lower.iter().map(|&item| of(&self.places, item)) {
                    kept += usize::from(one > other);
                    exchanged += usize::from(one < other);
                }
            }
        }
        if exchanged >= kept {
            return false;
        }
        items.swap(place - 1, place);
        self.note(layer);
        true
    }

    /// How many pairs of edges cross.
    fn crossings(&self, net: &Net) -> usize {
        let layers = self.layers.iter();
        layers.map(|layer| crossings(layer.iter().flat_map(|&item| self.ends(net, item)), net.items.len())).sum()
    }

    /// The places of an item's right neighbours, from the top.
    fn ends(&self, net: &Net, item: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = net.right(item).iter().map(|&other| of(&self.places, other)).collect();
        ends.sort_unstable();
        ends
    }
}

/// The inversions of a list, by a tree of counts: of edges that leave in order, those that arrive out of order cross.
/// Edges of one start must come in the order of their ends.
pub(super) fn crossings(ends: impl Iterator<Item = usize>, most: usize) -> usize {
    let mut tree = vec![0_usize; most + 2];
    let (mut total, mut seen) = (0, 0);
    for end in ends {
        let (mut at, mut above) = (end + 1, 0);
        while at > 0 {
            above += of(&tree, at);
            at &= at - 1;
        }
        total += seen - above;
        at = end + 1;
        while let Some(count) = tree.get_mut(at) {
            *count += 1;
            at += at & at.wrapping_neg();
        }
        seen += 1;
    }
    total
}

/// Places are far below what a double counts exactly.
fn real(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::crossings;

    #[test]
    fn crossings_are_pairs_out_of_order() {
        assert_eq!(crossings([0, 1, 2].into_iter(), 3), 0);
        assert_eq!(crossings([2, 1, 0].into_iter(), 3), 3);
        assert_eq!(crossings([1, 1, 1].into_iter(), 3), 0, "what ends at one place does not cross");
        assert_eq!(crossings([0, 1, 0, 1].into_iter(), 2), 1, "two and two");
    }
}
