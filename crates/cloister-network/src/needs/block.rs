//! Addresses outside of the cluster, as a NetworkPolicy writes them.

use std::net::IpAddr;

use crate::addresses::AddressSet;

/// An `ipBlock`: a CIDR without some that lie in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The whole.
    pub cidr: String,
    /// What is left out.
    pub except: Vec<String>,
}

/// IPv4 addresses that nobody on the internet has (RFC 1918, 6598, 3927, 1122).
const PRIVATE_V4: [&str; 6] =
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
/// IPv6 addresses likewise (RFC 4193, 4291).
const PRIVATE_V6: [&str; 3] = ["::1/128", "fc00::/7", "fe80::/10"];

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
        let block = |cidr: &str, except: &[&str]| Block {
            cidr: cidr.to_owned(),
            except: except.iter().map(|it| (*it).to_owned()).collect(),
        };
        [block("0.0.0.0/0", &PRIVATE_V4), block("::/0", &PRIVATE_V6)]
    }

    /// Every address of both families.
    pub fn everything() -> [Block; 2] {
        [Block::whole("0.0.0.0/0"), Block::whole("::/0")]
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

    /// The addresses.
    pub fn addresses(&self) -> AddressSet {
        let parse = |cidr: &String| AddressSet::parse_cidr(cidr).unwrap_or_default();
        self.except.iter().fold(parse(&self.cidr), |left, cidr| left.difference(&parse(cidr)))
    }
}

/// Whether this is an address of the internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    Block::public().iter().any(|block| !block.addresses().is_disjoint(&AddressSet::one(address)))
}
