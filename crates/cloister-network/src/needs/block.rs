//! Addresses outside of the cluster, as a NetworkPolicy writes them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::addresses::{AddressSet, PRIVATE};

/// An `ipBlock`: a CIDR without some that lie in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The whole.
    pub cidr: String,
    /// What is left out.
    pub except: Vec<String>,
}

impl Block {
    /// One address.
    pub fn one(address: IpAddr) -> Block {
        let length = if address.is_ipv4() { 32 } else { 128 };
        Block { cidr: format!("{address}/{length}"), except: Vec::new() }
    }

    /// A CIDR.
    pub fn whole(cidr: impl Into<String>) -> Block {
        Block { cidr: cidr.into(), except: Vec::new() }
    }

    /// The public addresses of both families.
    pub fn public() -> [Block; 2] {
        ["0.0.0.0/0", "::/0"].map(|cidr| {
            let is_same = |other: &&&str| other.contains(':') == cidr.contains(':');
            let except = PRIVATE.iter().filter(is_same).map(|it| (*it).to_owned()).collect();
            Block { cidr: cidr.to_owned(), except }
        })
    }

    /// Every address of both families.
    pub fn everything() -> [Block; 2] {
        [Block::whole("0.0.0.0/0"), Block::whole("::/0")]
    }

    /// The fewest blocks that are these addresses.
    pub fn of(addresses: &AddressSet) -> Vec<Block> {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => address.into(),
        };
        let mut blocks = Vec::new();
        for (first, last) in addresses.ranges() {
            let width: u32 = if first.is_ipv4() { 32 } else { 128 };
            let (mut start, end) = (bits(first), bits(last));
            loop {
                // As large as the zeros of its start and the end let it be.
                let last_of = |size: u32| {
                    let span = u128::MAX.checked_shr(128 - size).unwrap_or(0);
                    (start & span == 0).then_some(start | span).filter(|it| *it <= end)
                };
                let size = (0..=width).rev().find(|size| last_of(*size).is_some()).unwrap_or(0);
                let address: IpAddr = match first {
                    IpAddr::V4(_) => Ipv4Addr::from(u32::try_from(start).unwrap_or(u32::MAX)).into(),
                    IpAddr::V6(_) => Ipv6Addr::from(start).into(),
                };
                blocks.push(Block::whole(format!("{address}/{}", width - size)));
                match last_of(size).and_then(|it| it.checked_add(1)).filter(|next| *next <= end) {
                    Some(next) => start = next,
                    None => break,
                }
            }
        }
        blocks
    }

    /// Without these CIDRs, where they lie within.
    pub fn without(mut self, cidrs: &[String]) -> Block {
        let Ok(own) = AddressSet::parse_cidr(&self.cidr) else { return self };
        let mut left = self.addresses();
        for cidr in cidrs {
            let Ok(addresses) = AddressSet::parse_cidr(cidr) else { continue };
            let inside = addresses.is_subset(&own) && addresses != own;
            if inside && !left.is_disjoint(&addresses) {
                left = left.difference(&addresses);
                self.except.push(cidr.clone());
            }
        }
        self
    }

    /// Whether pods with addresses in these can have a connection with it; they can where nothing is known of them.
    pub fn meets(&self, pod_cidrs: &[String]) -> bool {
        let is_v6 = |cidr: &str| cidr.contains(':');
        pod_cidrs.is_empty() || pod_cidrs.iter().any(|cidr| is_v6(cidr) == is_v6(&self.cidr))
    }

    /// The addresses.
    pub fn addresses(&self) -> AddressSet {
        let parse = |cidr: &String| AddressSet::parse_cidr(cidr).unwrap_or_default();
        self.except.iter().fold(parse(&self.cidr), |left, cidr| left.difference(&parse(cidr)))
    }
}

/// Whether this is an address of the internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    is_public_block(&Block::one(address))
}

/// Whether some of these are.
pub(crate) fn is_public_block(block: &Block) -> bool {
    Block::public().iter().any(|public| !public.addresses().is_disjoint(&block.addresses()))
}

#[cfg(test)]
mod tests {
    use super::Block;
    use crate::addresses::AddressSet;

    #[test]
    fn addresses_become_the_blocks_that_they_are() {
        let set = |cidr| AddressSet::parse_cidr(cidr).unwrap();
        let show = |set: &AddressSet| Block::of(set).into_iter().map(|it| it.cidr).collect::<Vec<_>>();
        assert_eq!(show(&AddressSet::everything()), ["0.0.0.0/0", "::/0"]);
        assert_eq!(show(&set("192.0.2.7/32")), ["192.0.2.7/32"]);
        assert_eq!(show(&set("2001:db8::/33")), ["2001:db8::/33"]);
        assert_eq!(show(&set("10.0.0.0/8").difference(&set("10.128.0.0/9"))), ["10.0.0.0/9"]);
        let rest = set("0.0.0.0/0").difference(&set("255.255.255.255/32"));
        let back = Block::of(&rest).iter().fold(AddressSet::default(), |all, it| all.union(&it.addresses()));
        assert_eq!((back == rest, Block::of(&rest).len()), (true, 32));
    }
}
