//! IPv4 and IPv6 addresses: CIDRs, and sets of addresses as intervals.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::intervals::Intervals;

/// Which kind of addresses a connection uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both.
    pub const ALL: [Family; 2] = [Family::V4, Family::V6];

    /// That of an address.
    pub fn of(address: IpAddr) -> Family {
        if address.is_ipv4() { Family::V4 } else { Family::V6 }
    }
}

/// A set of addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressSet {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

/// Why a CIDR cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCidr {
    /// There is no `/`.
    NoLength,
    /// What stands before the `/` is no address.
    NoAddress,
    /// What stands after it is no number, or longer than the address.
    BadLength,
}

impl BadCidr {
    /// The cause, to stand after the value.
    pub fn as_str(self) -> &'static str {
        match self {
            BadCidr::NoLength => "has no prefix length",
            BadCidr::NoAddress => "is no IPv4 or IPv6 address before the \"/\"",
            BadCidr::BadLength => "has a prefix length that its addresses do not have",
        }
    }
}

/// Addresses that nobody on the internet has (RFC 1918, 6598, 3927, 4193, 4291, 1122).
pub(crate) const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

impl AddressSet {
    /// Addresses that nobody on the internet has.
    pub fn private() -> AddressSet {
        let blocks = PRIVATE.iter().filter_map(|cidr| AddressSet::parse_cidr(cidr).ok());
        blocks.fold(AddressSet::default(), |all, block| all.union(&block))
    }

    /// Every address of both families.
    pub fn everything() -> AddressSet {
        AddressSet { v4: Intervals::everything(), v6: Intervals::everything() }
    }

    /// Every address of one family.
    pub fn all_of(family: Family) -> AddressSet {
        match family {
            Family::V4 => AddressSet { v4: Intervals::everything(), ..AddressSet::default() },
            Family::V6 => AddressSet { v6: Intervals::everything(), ..AddressSet::default() },
        }
    }

    /// From one address to another of its family, both in it.
    pub fn between(first: IpAddr, last: IpAddr) -> AddressSet {
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                AddressSet { v4: Intervals::between(first.into(), last.into()), ..AddressSet::default() }
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                AddressSet { v6: Intervals::between(first.into(), last.into()), ..AddressSet::default() }
            }
            _ => AddressSet::default(),
        }
    }

    /// One address.
    pub fn one(address: IpAddr) -> AddressSet {
        AddressSet::between(address, address)
    }

    /// `10.0.0.0/8` or `2001:db8::/32`. Bits beyond the prefix do not count, as in the API.
    ///
    /// # Errors
    /// It is no CIDR.
    pub fn parse_cidr(text: &str) -> Result<AddressSet, BadCidr> {
        let (address, length) = text.split_once('/').ok_or(BadCidr::NoLength)?;
        let address: IpAddr = address.parse().map_err(|_| BadCidr::NoAddress)?;
        if !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadCidr::BadLength);
        }
        let length: u32 = length.parse().map_err(|_| BadCidr::BadLength)?;
        match address {
            IpAddr::V4(address) => {
                let host = 32u32.checked_sub(length).ok_or(BadCidr::BadLength)?;
                let host = u32::MAX.checked_shr(32 - host).unwrap_or(0);
                let first = u32::from(address) & !host;
                Ok(AddressSet { v4: Intervals::between(first, first | host), ..AddressSet::default() })
            }
            IpAddr::V6(address) => {
                let host = 128u32.checked_sub(length).ok_or(BadCidr::BadLength)?;
                let host = u128::MAX.checked_shr(128 - host).unwrap_or(0);
                let first = u128::from(address) & !host;
                Ok(AddressSet { v6: Intervals::between(first, first | host), ..AddressSet::default() })
            }
        }
    }

    /// Whether it has addresses of a family.
    pub fn has(&self, family: Family) -> bool {
        match family {
            Family::V4 => !self.v4.is_empty(),
            Family::V6 => !self.v6.is_empty(),
        }
    }

    /// What is in either.
    pub fn union(&self, other: &AddressSet) -> AddressSet {
        AddressSet { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// What is in any of them.
    pub fn joined<'s>(sets: impl Iterator<Item = &'s AddressSet> + Clone) -> AddressSet {
        let v4 = Intervals::of(sets.clone().flat_map(|set| set.v4.iter()));
        AddressSet { v4, v6: Intervals::of(sets.flat_map(|set| set.v6.iter())) }
    }

    /// What is in both.
    pub fn intersection(&self, other: &AddressSet) -> AddressSet {
        AddressSet { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// What is in this and not in the other.
    pub fn difference(&self, other: &AddressSet) -> AddressSet {
        AddressSet { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// The part of one family.
    pub fn part(&self, family: Family) -> AddressSet {
        match family {
            Family::V4 => AddressSet { v4: self.v4.clone(), ..AddressSet::default() },
            Family::V6 => AddressSet { v6: self.v6.clone(), ..AddressSet::default() },
        }
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &AddressSet) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// Whether nothing is in both.
    pub fn is_disjoint(&self, other: &AddressSet) -> bool {
        self.v4.is_disjoint(&other.v4) && self.v6.is_disjoint(&other.v6)
    }

    /// Whether it has no address.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// For people: `every IPv4 address`, `10.0.0.0/8`, and `first-last` where no CIDR says it.
    pub fn words(&self) -> String {
        if *self == AddressSet::everything() {
            return "every address".to_owned();
        }
        let every = [(Family::V4, "every IPv4 address"), (Family::V6, "every IPv6 address")];
        let of_family = |(family, words): (Family, &str)| {
            let part = self.part(family);
            let whole = part == AddressSet::all_of(family);
            let parts = part.ranges().map(|(first, last)| range_words(first, last)).collect::<Vec<_>>();
            if whole { vec![words.to_owned()] } else { parts }
        };
        every.into_iter().flat_map(of_family).collect::<Vec<_>>().join(", ")
    }

    /// The intervals, IPv4 first.
    pub fn ranges(&self) -> impl Iterator<Item = (IpAddr, IpAddr)> {
        let v4 = self.v4.iter().map(|(first, last)| (Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into()));
        let v6 = self.v6.iter().map(|(first, last)| (Ipv6Addr::from(first).into(), Ipv6Addr::from(last).into()));
        v4.chain(v6)
    }
}

/// As one CIDR where it is one.
fn range_words(first: IpAddr, last: IpAddr) -> String {
    let (start, end, longest) = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (u128::from(u32::from(first)), u128::from(u32::from(last)), 32),
        (IpAddr::V6(first), IpAddr::V6(last)) => (first.into(), last.into(), 128),
        _ => return format!("{first}-{last}"),
    };
    // The bits in which the ends differ must be the last ones, all of them zero in the one and one in the other.
    let host = start ^ end;
    let is_block = host & host.wrapping_add(1) == 0 && start & host == 0;
    match is_block {
        true if host == 0 => first.to_string(),
        true => format!("{first}/{}", longest - host.count_ones()),
        false => format!("{first}-{last}"),
    }
}

impl std::fmt::Display for AddressSet {
    /// `10.0.0.0-10.0.0.255,192.0.2.1-192.0.2.1`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ranges: Vec<String> = self.ranges().map(|(first, last)| format!("{first}-{last}")).collect();
        out.write_str(&ranges.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressSet, BadCidr};

    #[test]
    fn addresses_are_told_by_their_cidr() {
        let words = |text| AddressSet::parse_cidr(text).map(|set| set.words()).unwrap_or_default();
        assert_eq!(words("0.0.0.0/0"), "every IPv4 address");
        assert_eq!(words("10.0.0.0/8"), "10.0.0.0/8");
        assert_eq!(words("192.0.2.7/32"), "192.0.2.7");
        assert_eq!(words("2001:db8::/32"), "2001:db8::/32");
        let cut = AddressSet::all_of(super::Family::V4).difference(&AddressSet::parse_cidr("10.0.0.0/8").unwrap());
        assert_eq!(cut.words(), "0.0.0.0-9.255.255.255, 11.0.0.0-255.255.255.255");
        assert_eq!(AddressSet::everything().words(), "every address");
    }

    #[test]
    fn cidrs_are_read_as_the_api_reads_them() {
        let show = |text| AddressSet::parse_cidr(text).map(|set| set.to_string());
        assert_eq!(show("10.1.2.3/8").as_deref(), Ok("10.0.0.0-10.255.255.255"));
        assert_eq!(show("0.0.0.0/0").as_deref(), Ok("0.0.0.0-255.255.255.255"));
        assert_eq!(show("192.0.2.7/32").as_deref(), Ok("192.0.2.7-192.0.2.7"));
        assert_eq!(show("2001:db8::/127").as_deref(), Ok("2001:db8::-2001:db8::1"));
        assert_eq!(show("::/0").map(|it| it.len()), Ok("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".len()));
        assert_eq!(show("10.0.0.0"), Err(BadCidr::NoLength));
        assert_eq!(show("10.0.0/8"), Err(BadCidr::NoAddress));
        assert_eq!(show("10.0.0.0/33"), Err(BadCidr::BadLength));
        assert_eq!(show("10.0.0.0/+8"), Err(BadCidr::BadLength));
    }
}
