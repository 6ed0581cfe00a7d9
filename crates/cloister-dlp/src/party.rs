//! Who took part in a flow.

use std::net::IpAddr;
use std::sync::Arc;

/// One end of a flow, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// A workload of the cluster, by its number in the [`Directory`](crate::Directory).
    Workload(u32),
    /// A node of the cluster, or what uses its network.
    Node(Arc<str>),
    /// An address of a private range that the inventory does not know.
    Inside(IpAddr),
    /// Somebody outside.
    Outside(Outside),
}

/// Somebody outside of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outside {
    /// The address.
    pub address: IpAddr,
    /// The name by which it was called, or which was looked up before.
    pub name: Option<Arc<str>>,
    /// It was called by us. Who called us may be a person, and its address is personal data (recital 30).
    pub called: bool,
}

impl Party {
    /// The workload's number.
    pub fn workload(&self) -> Option<u32> {
        match self {
            Party::Workload(number) => Some(*number),
            _ => None,
        }
    }
}

/// Whether nobody on the internet has this address (RFC 1918, 6598, 3927, 4193, 4291).
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let shared = matches!(address.octets(), [100, second, ..] if second & 0xc0 == 64);
            address.is_private() || address.is_loopback() || address.is_link_local() || shared
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}
