//! What tells flows apart.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;

use crate::flow::Transport;

/// The two ends of a flow, the lower one first, so that both ways have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    addresses: [u64; 4],
    ports: u32,
    /// The segment, where that tells flows apart, and the transport.
    rest: u32,
}

/// A packet's key, and whether the lower end sent it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) key: Key,
    pub(crate) by_lower: bool,
}

impl Key {
    pub(crate) fn of(transport: Transport, source: SocketAddr, destination: SocketAddr, segment: u32) -> Sent {
        let (from, to) = (number(source.ip()), number(destination.ip()));
        let by_lower = (from, source.port()) <= (to, destination.port());
        let (low, high) = if by_lower { (from, to) } else { (to, from) };
        let (low_port, high_port) =
            if by_lower { (source.port(), destination.port()) } else { (destination.port(), source.port()) };
        let [low_first, low_last] = halves(low);
        let [high_first, high_last] = halves(high);
        let key = Key {
            addresses: [low_first, low_last, high_first, high_last],
            ports: (u32::from(low_port) << 16) | u32::from(high_port),
            rest: (segment << 1) | u32::from(transport == Transport::Udp),
        };
        Sent { key, by_lower }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.addresses.iter().for_each(|half| state.write_u64(*half));
        state.write_u64((u64::from(self.ports) << 32) | u64::from(self.rest));
    }
}

/// IPv4 addresses as IPv6 writes them.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn halves(number: u128) -> [u64; 2] {
    let low = number & u128::from(u64::MAX);
    [u64::try_from(number >> 64).unwrap_or_default(), u64::try_from(low).unwrap_or_default()]
}

/// Makes hashes that nobody outside can foretell.
pub(crate) struct Hashes(SeedableRandomState);

impl Hashes {
    pub(crate) fn new() -> Hashes {
        // Its keys come from the system.
        let seed = std::collections::hash_map::RandomState::new().hash_one(0_u8);
        Hashes(SeedableRandomState::with_seed(seed, SharedSeed::global_random()))
    }

    pub(crate) fn of(&self, key: &Key) -> u64 {
        self.0.hash_one(key)
    }
}
