//! Addresses outside of the cluster, cut wherever some block of a policy begins or ends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::addresses::{AddressSet, Family};

/// Neighbouring addresses that lie in the same blocks.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) addresses: AddressSet,
    pub(crate) family: Family,
    /// The blocks that they lie in, in order.
    pub(crate) blocks: Vec<usize>,
}

/// All addresses of both families, cut by these blocks.
pub(crate) fn ranges(blocks: &[AddressSet]) -> Vec<Range> {
    Family::ALL.into_iter().flat_map(|family| cut(blocks, family)).collect()
}

/// The ranges, of all, that hold some of these addresses.
pub(crate) fn meeting<'r>(ranges: &'r [Range], addresses: &AddressSet) -> impl Iterator<Item = &'r Range> {
    let ends = |range: &Range| range.addresses.ranges().next();
    addresses.ranges().flat_map(move |(first, last)| {
        // IPv4 comes before IPv6, as in the order of addresses.
        let from = ranges.partition_point(|range| ends(range).is_some_and(|(_, end)| end < first));
        let behind = ranges.get(from..).unwrap_or_default();
        behind.iter().take_while(move |range| ends(range).is_some_and(|(start, _)| start <= last))
    })
}

fn cut(blocks: &[AddressSet], family: Family) -> Vec<Range> {
    let parts: Vec<Vec<(u128, u128)>> = blocks.iter().map(|block| numbers(block, family)).collect();
    let last = largest(family);
    let mut starts: Vec<u128> = vec![0];
    for (first, end) in parts.iter().flatten() {
        starts.push(*first);
        starts.extend(end.checked_add(1).filter(|next| *next <= last));
    }
    starts.sort_unstable();
    starts.dedup();
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); starts.len()];
    for (block, parts) in parts.iter().enumerate() {
        for (first, end) in parts {
            let from = starts.partition_point(|start| start < first);
            let to = starts.partition_point(|start| start <= end);
            inside.get_mut(from..to).into_iter().flatten().for_each(|blocks| blocks.push(block));
        }
    }
    joined(starts, inside, family)
}

/// Neighbours in the same blocks are one range.
fn joined(starts: Vec<u128>, inside: Vec<Vec<usize>>, family: Family) -> Vec<Range> {
    let mut ranges: Vec<(u128, Vec<usize>)> = Vec::new();
    for (start, blocks) in starts.into_iter().zip(inside) {
        if ranges.last().is_none_or(|(_, before)| *before != blocks) {
            ranges.push((start, blocks));
        }
    }
    let next: Vec<u128> = ranges.iter().skip(1).map(|(start, _)| start.saturating_sub(1)).collect();
    let ends = next.into_iter().chain([largest(family)]);
    let range = |((start, blocks), end): ((u128, Vec<usize>), u128)| Range {
        addresses: AddressSet::between(address(start, family), address(end, family)),
        family,
        blocks,
    };
    ranges.into_iter().zip(ends).map(range).collect()
}

fn largest(family: Family) -> u128 {
    match family {
        Family::V4 => u32::MAX.into(),
        Family::V6 => u128::MAX,
    }
}

fn numbers(block: &AddressSet, family: Family) -> Vec<(u128, u128)> {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => address.into(),
    };
    block.part(family).ranges().map(|(first, last)| (number(first), number(last))).collect()
}

fn address(number: u128, family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into(),
        Family::V6 => Ipv6Addr::from(number).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::ranges;
    use crate::addresses::AddressSet;

    #[test]
    fn the_ranges_are_cut_by_each_block_and_cover_everything() {
        let block = |text| AddressSet::parse_cidr(text).unwrap();
        let blocks = [block("10.0.0.0/8").difference(&block("10.10.0.0/16")), block("::/0")];
        let ranges = ranges(&blocks);
        let shown: Vec<String> = ranges.iter().map(|it| format!("{} {:?}", it.addresses, it.blocks)).collect();
        assert_eq!(
            shown,
            [
                "0.0.0.0-9.255.255.255 []",
                "10.0.0.0-10.9.255.255 [0]",
                "10.10.0.0-10.10.255.255 []",
                "10.11.0.0-10.255.255.255 [0]",
                "11.0.0.0-255.255.255.255 []",
                "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff [1]",
            ]
        );
    }
}
