//! How far down each item stands: as near to its neighbours' height as order and distance allow.

use super::net::{Net, of};
use super::order::Order;

/// Between one node and the next below it.
pub(super) const GAP: f64 = 10.0;
/// So often heights are passed on along the edges.
const ROUNDS: usize = 10;

/// The middle of each item, from the top of its block; and the height of each block.
pub(super) fn place(net: &Net, order: &Order) -> (Vec<f64>, Vec<f64>) {
    let mut middles = vec![0.0; net.items.len()];
    let mut heights = vec![0.0; net.blocks.len()];
    for block in 0..net.blocks.len() {
        let is_here = |item: &usize| net.block(*item) == block;
        let columns: Vec<Vec<usize>> =
            order.layers.iter().map(|layer| layer.iter().copied().filter(is_here).collect()).collect();
        columns.iter().for_each(|column| settle(net, column, |_| (0.0, 0.0), &mut middles));
        for round in 0..ROUNDS {
            pass_on(net, &columns, round, &mut middles);
        }
        align(net, &columns, &mut middles);
        let height = settle_top(net, &columns, &mut middles);
        heights.iter_mut().skip(block).take(1).for_each(|it| *it = height);
    }
    (middles, heights)
}

fn pass_on(net: &Net, columns: &[Vec<usize>], round: usize, middles: &mut [f64]) {
    let forward = round.is_multiple_of(2);
    let indexes: Vec<usize> = if forward { (0..columns.len()).collect() } else { (0..columns.len()).rev().collect() };
    for column in indexes.into_iter().filter_map(|index| columns.get(index)) {
        let before: Vec<f64> = middles.to_vec();
        let wish = |item: usize| {
            // The last rounds look to both sides.
            let both = round + 4 >= ROUNDS;
            let left = Some(net.left(item)).filter(|_| forward || both).unwrap_or_default();
            let right = Some(net.right(item)).filter(|_| !forward || both).unwrap_or_default();
            let near = left.iter().chain(right).filter(|&&other| net.block(other) == net.block(item));
            let (sum, count) = near.fold((0.0, 0.0), |(sum, count), &other| (sum + of(&before, other), count + 1.0));
            if count > 0.0 { (sum / count, count) } else { (of(&before, item), 0.05) }
        };
        settle(net, column, wish, middles);
    }
}

/// At the end the highest column stays, and the others follow it outwards: what has one neighbour stands beside it.
fn align(net: &Net, columns: &[Vec<usize>], middles: &mut [f64]) {
    let height = |column: &&Vec<usize>| {
        let items = column.iter().filter_map(|&item| net.items.get(item));
        items.map(|item| item.height + GAP).sum::<f64>()
    };
    let fixed = columns.iter().enumerate().max_by(|one, other| height(&one.1).total_cmp(&height(&other.1)));
    let fixed = fixed.map_or(0, |(index, _)| index);
    let mut follow = |column: &[usize], side: fn(&Net, usize) -> &[usize]| {
        let before = middles.to_vec();
        let wish = |item: usize| {
            let near = side(net, item).iter().filter(|&&other| net.block(other) == net.block(item));
            let (sum, count) = near.fold((0.0, 0.0), |(sum, count), &other| (sum + of(&before, other), count + 1.0));
            if count > 0.0 { (sum / count, 1.0) } else { (of(&before, item), 0.05) }
        };
        settle(net, column, wish, middles);
    };
    columns.iter().take(fixed).rev().for_each(|column| follow(column, Net::right));
    columns.iter().skip(fixed + 1).for_each(|column| follow(column, Net::left));
}

/// Gives the items of a column the heights that differ least from what they wish, squared and by weight, in their
/// order and not too near: isotonic regression by pooling adjacent violators.
fn settle(net: &Net, column: &[usize], wish: impl Fn(usize) -> (f64, f64), middles: &mut [f64]) {
    let height = |item: usize| net.items.get(item).map_or(0.0, |item| item.height);
    // Pools of items that touch: sum of weighted wishes, weight, items.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let (mut offset, mut offsets, mut last) = (0.0, Vec::with_capacity(column.len()), None);
    for &item in column {
        offset += last.map_or(0.0, |last| (height(last) + height(item)) / 2.0 + GAP);
        offsets.push(offset);
        last = Some(item);
        let (wished, weight) = wish(item);
        let weight = weight.max(1e-6);
        let mut pool = ((wished - offset) * weight, weight, 1);
        while let Some(&above) = pools.last().filter(|above| above.0 / above.1 >= pool.0 / pool.1) {
            pool = (above.0 + pool.0, above.1 + pool.1, above.2 + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    let starts = pools.iter().flat_map(|&(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
    for ((&item, offset), start) in column.iter().zip(offsets).zip(starts) {
        middles.iter_mut().skip(item).take(1).for_each(|middle| *middle = start + offset);
    }
}

/// Moves all to whole numbers with the uppermost edge at 0; returns the lowest edge.
fn settle_top(net: &Net, columns: &[Vec<usize>], middles: &mut [f64]) -> f64 {
    let height = |item: usize| net.items.get(item).map_or(0.0, |item| item.height);
    let tops = columns.iter().flatten().map(|&item| of(middles, item) - height(item) / 2.0);
    let top = tops.fold(f64::INFINITY, f64::min);
    let mut bottom: f64 = 0.0;
    for column in columns {
        let mut free = 0.0_f64;
        for &item in column {
            let upper = (of(middles, item) - height(item) / 2.0 - top).round().max(free);
            middles.iter_mut().skip(item).take(1).for_each(|middle| *middle = upper + height(item) / 2.0);
            free = upper + height(item) + GAP;
            bottom = bottom.max(upper + height(item));
        }
    }
    bottom
}
