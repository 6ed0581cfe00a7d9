//! A flow: the packets of one connection, or of two ends that exchange datagrams.

use std::net::SocketAddr;

/// Which end of a flow spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The end that opened it; where the beginning was not seen, the one with the port that no service is known for.
    Client,
    /// The end that was called.
    Server,
}

impl Side {
    /// The other end.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// What carries a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A stream of bytes each way.
    Tcp,
    /// Datagrams.
    Udp,
}

/// The number of a flow: used again only when its slot was used four thousand million times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u64);

impl FlowId {
    /// A small number that no other flow has at the same time: what is known of flows may stand in a list.
    pub fn slot(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or_default()
    }
}

/// Who talks with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// What carries it.
    pub transport: Transport,
    /// The end that opened it.
    pub client: SocketAddr,
    /// The end that was called.
    pub server: SocketAddr,
    /// The segment that it was seen in, such as a VLAN or the network of a tunnel; 0 for none.
    pub segment: u32,
}

/// What became known of a flow. Times are microseconds since 1970, as the capture says them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// It was seen for the first time. `whole`: from its very beginning.
    Opened {
        /// Who talks with whom.
        flow: &'a Flow,
        /// Whether nothing came before.
        whole: bool,
    },
    /// The next bytes of one side, in the order sent, each once; for datagrams, one of them.
    Bytes {
        /// Who spoke.
        side: Side,
        /// What was said.
        bytes: &'a [u8],
    },
    /// So many bytes of one side were not seen, and will not be.
    Lost {
        /// Whose.
        side: Side,
        /// How many.
        bytes: u64,
    },
    /// One side says no more.
    Finished {
        /// Which.
        side: Side,
    },
    /// Nothing more comes: it ended, was reset, was idle for long, or had to make room.
    Closed,
}

/// Told what becomes known.
pub trait Listener {
    /// `id` had `event`, at `time`.
    fn on(&mut self, id: FlowId, time: u64, event: Event<'_>);
}
