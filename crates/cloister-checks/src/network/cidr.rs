//! Blocks of addresses, as `ipBlock` and source ranges write them.

use std::net::IpAddr;

/// A block of IPv4 or IPv6 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    address: IpAddr,
    length: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/8`; an address alone is a block of one. `None` for what is neither.
    pub(super) fn parse(text: &str) -> Option<Cidr> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address.parse().ok()?, Some(length.parse().ok()?)),
            None => (text.trim().parse().ok()?, None),
        };
        let length = length.unwrap_or(width(address));
        (length <= width(address)).then_some(Cidr { address, length })
    }

    /// Whether every address of its family is in the block.
    pub(super) fn is_everything(self) -> bool {
        self.length == 0
    }

    /// Whether `other` is in the block.
    pub(super) fn contains(self, other: IpAddr) -> bool {
        if self.length == 0 {
            return self.address.is_ipv4() == other.is_ipv4();
        }
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                own.to_bits() >> (32 - self.length) == other.to_bits() >> (32 - self.length)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                own.to_bits() >> (128 - self.length) == other.to_bits() >> (128 - self.length)
            }
            _ => false,
        }
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn blocks_hold_the_addresses_of_their_prefix() {
        let holds = |block: &str, address: &str| Cidr::parse(block).unwrap().contains(address.parse().unwrap());
        assert!(holds("169.254.0.0/16", "169.254.169.254"));
        assert!(holds("169.254.169.254/32", "169.254.169.254"));
        assert!(!holds("10.0.0.0/8", "169.254.169.254"));
        assert!(holds("0.0.0.0/0", "169.254.169.254") && !holds("0.0.0.0/0", "fd00:ec2::254"));
        assert!(holds("fd00::/8", "fd00:ec2::254") && !holds("fd00::/8", "169.254.169.254"));
        assert_eq!(Cidr::parse("10.0.0.0/33"), None);
        assert_eq!(Cidr::parse("anywhere"), None);
    }
}
