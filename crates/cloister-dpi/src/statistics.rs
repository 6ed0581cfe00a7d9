//! What was read, what was found, and what went wrong.

use std::collections::BTreeMap;

use cloister_detect::Category;
use cloister_dlp::Opaque;
use cloister_protocol::{Protocol, Trouble};

/// Numbers for people and for metrics. They only grow, but for `open`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Flows that were seen.
    pub flows: u64,
    /// Flows that are open.
    pub open: u64,
    /// Bytes of streams and datagrams.
    pub bytes: u64,
    /// Bytes of them that were not seen.
    pub lost: u64,
    /// Messages, by protocol.
    pub messages: BTreeMap<Protocol, u64>,
    /// Values that were recognised, by category.
    pub values: BTreeMap<Category, u64>,
    /// Values made for tests and documentation: no finding.
    pub specimens: u64,
    /// Bodies that could not be searched, by why.
    pub unsearched: BTreeMap<Opaque, u64>,
    /// What went wrong, by protocol.
    pub troubles: BTreeMap<(Protocol, Trouble), u64>,
    /// Connections whose handshake showed TLS.
    pub encrypted: u64,
}

/// The name of a protocol, for metrics and reports.
pub(crate) fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http1 => "http1",
        Protocol::Http2 => "http2",
        Protocol::WebSocket => "websocket",
        Protocol::Postgres => "postgresql",
        Protocol::Mysql => "mysql",
        Protocol::Redis => "redis",
        Protocol::MongoDb => "mongodb",
        Protocol::Kafka => "kafka",
        Protocol::Amqp => "amqp",
        Protocol::Smtp => "smtp",
        Protocol::Dns => "dns",
        Protocol::Tls => "tls",
        Protocol::Quic => "quic",
        Protocol::Unknown => "unknown",
    }
}

impl Statistics {
    /// Messages by the name of their protocol.
    pub fn messages_by_name(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.messages.iter().map(|(protocol, count)| (name(*protocol), *count))
    }

    /// Troubles by the name of their protocol and their own.
    pub fn troubles_by_name(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.troubles.iter().map(|((protocol, trouble), count)| (name(*protocol), trouble_name(*trouble), *count))
    }
}

fn trouble_name(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Malformed => "malformed",
        Trouble::TooLarge => "too-large",
        Trouble::Bomb => "bomb",
        Trouble::Undecodable => "undecodable",
        Trouble::Unsupported => "unsupported",
        Trouble::Gap => "gap",
    }
}
