//! Kafka ("Kafka protocol guide", and the schemas of its messages): what is produced and fetched, topic by topic, with
//! keys, values and headers. Answers are read in the version of their request.

mod lane;
mod recognise;
mod records;
mod shape;
mod shared;
mod topics;
mod wire;

use lane::Lane;
use recognise::recognise;
use shared::Shared;

use crate::session::Known;
use crate::{Conversation, Limits, MessageId, Progress, Protocol, Side, Sides, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Kafka,
    transport: Transport::Tcp,
    ports: &[9092],
    rejoins: true,
    recognise,
    reader: Kafka::boxed,
};

/// As many requests may wait for their answers, and topics be known by their number.
const REMEMBERED: usize = 4096;
/// The largest request that servers take by default (`socket.request.max.bytes`).
const LARGEST: u32 = 100 << 20;

/// Reads a conversation with Kafka.
pub(crate) struct Kafka {
    lanes: Sides<Lane>,
    shared: Shared,
}

impl Kafka {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        Box::new(Kafka { lanes: Sides::default(), shared: Shared::new(limits, first) })
    }
}

impl Conversation for Kafka {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        self.lanes.of(side).push(bytes, side, &mut self.shared, sink)
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Kafka, Trouble::Gap);
        self.lanes.of(side).lost(bytes, sink);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        self.lanes.of(side).finish(sink);
    }

    fn held(&self) -> usize {
        self.lanes.client.held() + self.lanes.server.held() + self.shared.held()
    }
}
