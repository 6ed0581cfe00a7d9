//! The protocols that can be recognised.

use cloister_packet::Transport;

use crate::conversation::{Conversation, Limits};
use crate::message::{MessageId, Protocol};

/// Whether the first bytes of both sides are of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// They are not.
    No,
    /// So far they may be; more bytes would tell.
    More,
    /// They look like it: taken when no other is surer, and before others that look alike where the port is one of its.
    Likely,
    /// They are: nothing else begins so.
    Sure,
}

/// A protocol: how it is recognised, and who reads it.
pub(crate) struct Known {
    pub(crate) protocol: Protocol,
    pub(crate) transport: Transport,
    /// Where it is usually served: a hint, never a proof.
    pub(crate) ports: &'static [u16],
    /// Its reader finds its way in a conversation whose beginning was not seen: it is taken by its port alone.
    pub(crate) rejoins: bool,
    /// Asked with the first bytes of the client and of the server; of either there may be none yet.
    pub(crate) recognise: fn(client: &[u8], server: &[u8]) -> Certainty,
    /// Makes a reader, whose messages are numbered from there.
    pub(crate) reader: fn(limits: &Limits, first: MessageId) -> Box<dyn Conversation>,
}

/// All of them; one line each.
pub(crate) static TABLE: &[Known] = &[
    crate::http1::KNOWN,
    crate::http2::KNOWN,
    crate::tls::KNOWN,
    crate::tls::QUIC,
    crate::dns::DATAGRAMS,
    crate::dns::STREAM,
    crate::smtp::KNOWN,
    crate::amqp::KNOWN,
    crate::kafka::KNOWN,
    crate::mongodb::KNOWN,
    crate::mysql::KNOWN,
    crate::postgres::KNOWN,
    crate::redis::KNOWN,
];

/// The protocol with its reader; for one that datagrams carry, too, the row for `transport`.
pub(super) fn row(protocol: Protocol, transport: Transport) -> Option<&'static Known> {
    TABLE.iter().find(|known| known.protocol == protocol && known.transport == transport)
}
