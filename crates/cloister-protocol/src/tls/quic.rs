//! QUIC (RFC 9000): recognised by its first packet, and not read.

use cloister_packet::Transport;

use crate::Side;
use crate::conversation::{Conversation, Progress};
use crate::message::{Head, MessageId, Place, Protocol, Sink};
use crate::session::{Certainty, Known};

/// How QUIC is known.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Quic,
    transport: Transport::Udp,
    ports: &[443, 8443],
    rejoins: false,
    recognise,
    reader: |_, first| Box::new(Quic { next: first, told: false }),
};

/// A long header of version 1 or 2, with connection identifiers of lawful length.
fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    let datagram = if client.is_empty() { server } else { client };
    let Some((head, rest)) = datagram.split_first_chunk::<6>() else { return Certainty::No };
    let [first, v3, v2, v1, v0, length] = *head;
    let version = u32::from_be_bytes([v3, v2, v1, v0]);
    let known = matches!(version, 1 | 0x6b33_43cf) && first & 0xc0 == 0xc0;
    let length = usize::from(length);
    let second = rest.get(length).copied().map(usize::from);
    if known && length <= 20 && second.is_some_and(|second| second <= 20) { Certainty::Sure } else { Certainty::No }
}

struct Quic {
    next: MessageId,
    told: bool,
}

impl Conversation for Quic {
    fn push(&mut self, side: Side, _bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        if !std::mem::replace(&mut self.told, true) {
            let (id, protocol) = (self.next.take(), Protocol::Quic);
            sink.begin(
                id,
                &Head { side, protocol, operation: "initial", target: "", host: "", answers: None, status: None },
            );
            sink.value(id, Place::Field("encrypted"), b"true", true);
            sink.end(id, true);
        }
        Progress::Reads
    }

    fn lost(&mut self, _side: Side, _bytes: u64, _sink: &mut dyn Sink) -> Progress {
        Progress::Reads
    }

    fn finish(&mut self, _side: Side, _sink: &mut dyn Sink) {}

    fn held(&self) -> usize {
        0
    }
}
