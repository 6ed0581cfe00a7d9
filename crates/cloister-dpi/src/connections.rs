//! Who talked to whom: the list that `cloister network generate --flows` reads.

use std::net::IpAddr;

use cloister_dlp::{Directory, Names, Party};
use cloister_packet::{Flow, Transport};
use foldhash::{HashMap, HashMapExt};
use serde::Serialize;

/// One line: published as `docs/schema/flow.json`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Connection {
    /// `namespace/name[Kind]` of a workload, an address, or the block of addresses that who calls from outside is known by.
    pub source: String,
    /// The same of the end that was called.
    pub destination: String,
    /// TCP or UDP.
    pub protocol: &'static str,
    /// The port that was called.
    pub port: u16,
    /// How often.
    pub count: u64,
}

/// Who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    Inside(IpAddr),
    /// The first address of a network.
    Outside(IpAddr),
}

/// Connections that were answered, each pair and port once.
#[derive(Debug)]
pub struct Connections {
    all: HashMap<(Source, IpAddr, Transport, u16), u64>,
    limit: usize,
    /// Connections that had no place any more.
    pub left_out: u64,
}

impl Connections {
    /// At most `limit` of them.
    pub fn new(limit: usize) -> Connections {
        Connections { all: HashMap::new(), limit, left_out: 0 }
    }

    /// One that was answered. Who calls from outside is known by its network alone: an address is personal data.
    pub(crate) fn add(&mut self, flow: &Flow, directory: &Directory, names: &Names, time: u64) {
        let client = flow.client.ip().to_canonical();
        let source = match directory.party(client, "", false, names, time) {
            Party::Outside(_) => Source::Outside(network(client)),
            _ => Source::Inside(client),
        };
        let key = (source, flow.server.ip().to_canonical(), flow.transport, flow.server.port());
        if self.all.len() >= self.limit && !self.all.contains_key(&key) {
            self.left_out += 1;
            return;
        }
        *self.all.entry(key).or_default() += 1;
    }

    /// The list, in order, by what is known now; counting begins anew.
    pub fn take(&mut self, directory: &Directory) -> Vec<Connection> {
        let none = Names::new(1);
        let name = |address: IpAddr| match directory.party(address, "", true, &none, 0) {
            party @ Party::Workload(_) => directory.name(&party).to_string(),
            _ => address.to_string(),
        };
        let line = |((source, destination, transport, port), count): (_, u64)| Connection {
            source: match source {
                Source::Inside(address) => name(address),
                Source::Outside(first @ IpAddr::V4(_)) => format!("{first}/24"),
                Source::Outside(first @ IpAddr::V6(_)) => format!("{first}/48"),
            },
            destination: name(destination),
            protocol: if transport == Transport::Tcp { "TCP" } else { "UDP" },
            port,
            count,
        };
        let mut lines: Vec<Connection> = self.all.drain().map(line).collect();
        lines.sort();
        lines.dedup_by(|next, kept| {
            let ends = |it: &Connection| (it.source.clone(), it.destination.clone(), it.protocol, it.port);
            let same = ends(next) == ends(kept);
            kept.count += if same { next.count } else { 0 };
            same
        });
        lines
    }
}

/// The first address of its network: /24, or /48.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let [one, two, three, _] = address.octets();
            IpAddr::from([one, two, three, 0])
        }
        IpAddr::V6(address) => {
            let [one, two, three, ..] = address.segments();
            IpAddr::from([one, two, three, 0, 0, 0, 0, 0])
        }
    }
}
