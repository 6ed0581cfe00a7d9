//! DNS (RFC 1035), over datagrams and streams.

mod records;

use std::collections::VecDeque;

use cloister_packet::Transport;
use simple_dns::{Packet, PacketFlag};

use crate::conversation::{Conversation, Limits, Progress};
use crate::gather::Gather;
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};
use crate::session::{Certainty, Known};
use crate::{Side, Sides};

/// How DNS over datagrams is known.
pub(crate) const DATAGRAMS: Known = Known {
    protocol: Protocol::Dns,
    transport: Transport::Udp,
    ports: &[53, 5353, 5355],
    rejoins: true,
    recognise: |client, server| of_datagram(if client.is_empty() { server } else { client }),
    reader: |limits, first| Box::new(Dns::new(limits, first, None)),
};

/// How DNS over streams is known.
pub(crate) const STREAM: Known = Known {
    protocol: Protocol::Dns,
    transport: Transport::Tcp,
    ports: &[53],
    rejoins: false,
    recognise: |client, server| of_stream(if client.is_empty() { server } else { client }),
    reader: |limits, first| Box::new(Dns::new(limits, first, Some(Sides::default()))),
};

/// How long the head of a message is.
const HEAD: usize = 12;
/// Queries that wait for their answers.
const WAITING: usize = 64;

fn of_datagram(bytes: &[u8]) -> Certainty {
    if is_message(bytes) && Packet::parse(bytes).is_ok() { Certainty::Likely } else { Certainty::No }
}

fn of_stream(bytes: &[u8]) -> Certainty {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
        return if bytes.first().is_none_or(|first| *first < 0x10) { Certainty::More } else { Certainty::No };
    };
    let length = usize::from(u16::from_be_bytes(*length));
    match rest.get(..length) {
        Some(message) if length >= HEAD => of_datagram(message),
        None if length >= HEAD && rest.len() < HEAD => Certainty::More,
        None if length >= HEAD && is_message(rest) => Certainty::More,
        _ => Certainty::No,
    }
}

/// Whether the head may be one: one question, and no operation, flag or count that nobody uses.
fn is_message(bytes: &[u8]) -> bool {
    let [_, _, flags, more, 0, questions @ 0..=1, answers, _, authorities, _, additional, _, ..] = *bytes else {
        return false;
    };
    let query = flags & 0x80 == 0;
    let operation = flags >> 3 & 0x0f;
    (questions == 1 || !query)
        && (operation == 0 || matches!(operation, 4 | 5))
        && more & 0x40 == 0
        && [answers, authorities, additional].iter().all(|high| *high == 0)
}

/// Reads DNS.
pub(crate) struct Dns {
    next: MessageId,
    limits: Limits,
    /// Over streams, what a cut took apart.
    streams: Option<Sides<Stream>>,
    /// Queries by their number.
    asked: VecDeque<(u16, MessageId)>,
}

#[derive(Default)]
struct Stream {
    gather: Gather,
    length: Option<usize>,
    lost: bool,
}

impl Dns {
    fn new(limits: &Limits, first: MessageId, streams: Option<Sides<Stream>>) -> Dns {
        Dns { next: first, limits: *limits, streams, asked: VecDeque::new() }
    }

    fn take_message(&mut self, side: Side, message: &[u8], sink: &mut dyn Sink) {
        let Ok(packet) = Packet::parse(message) else {
            sink.trouble(Protocol::Dns, Trouble::Malformed);
            return self.tell_text(side, message, sink);
        };
        let response = packet.has_flags(PacketFlag::RESPONSE);
        let id = self.next.take();
        let answers = if response { self.answered(packet.id()) } else { None };
        let target = packet.questions.first().map(|question| question.qname.to_string()).unwrap_or_default();
        let head = Head {
            side,
            protocol: Protocol::Dns,
            operation: if response { "response" } else { "query" },
            target: &target,
            host: "",
            answers,
            status: response.then(|| packet.rcode() as u16),
        };
        sink.begin(id, &head);
        for question in &packet.questions {
            sink.value(id, Place::Field("name"), question.qname.to_string().as_bytes(), true);
        }
        records::tell(id, &packet, sink);
        sink.end(id, !packet.has_flags(PacketFlag::TRUNCATION));
        if !response {
            self.asked.push_back((packet.id(), id));
            if self.asked.len() > WAITING.min(self.limits.open) {
                self.asked.pop_front();
            }
        }
    }

    fn answered(&mut self, number: u16) -> Option<MessageId> {
        let at = self.asked.iter().position(|(asked, _)| *asked == number)?;
        self.asked.remove(at).map(|(_, id)| id)
    }

    fn tell_text(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        let (id, protocol) = (self.next.take(), Protocol::Dns);
        sink.begin(id, &Head { side, protocol, operation: "", target: "", host: "", answers: None, status: None });
        sink.value(id, Place::Text, bytes, true);
        sink.end(id, false);
    }

    fn read_stream(&mut self, side: Side, mut bytes: &[u8], sink: &mut dyn Sink) {
        while !bytes.is_empty() {
            let Some(stream) = self.streams.as_mut().map(|streams| streams.of(side)) else { return };
            if stream.lost {
                return self.tell_text(side, bytes, sink);
            }
            let Some(length) = stream.length else {
                let head = stream.gather.take(&mut bytes, 2).and_then(|head| head.first_chunk());
                stream.length = head.map(|length| usize::from(u16::from_be_bytes(*length)));
                continue;
            };
            let mut gather = std::mem::take(&mut stream.gather);
            if let Some(message) = gather.take(&mut bytes, length) {
                stream.length = None;
                self.take_message(side, message, sink);
            }
            if let Some(streams) = &mut self.streams {
                streams.of(side).gather = gather;
            }
        }
    }
}

impl Conversation for Dns {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        if self.streams.is_some() {
            self.read_stream(side, bytes, sink);
        } else {
            self.take_message(side, bytes, sink);
        }
        Progress::Reads
    }

    fn lost(&mut self, side: Side, _bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Dns, Trouble::Gap);
        if let Some(streams) = &mut self.streams {
            let stream = streams.of(side);
            stream.lost = true;
            stream.gather.clear();
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        let Some(streams) = &mut self.streams else { return };
        let waits = streams.of(side).gather.bytes().to_vec();
        streams.of(side).gather.clear();
        if !waits.is_empty() {
            self.tell_text(side, &waits, sink);
        }
    }

    fn held(&self) -> usize {
        let streams = self.streams.as_ref().map_or(0, |both| both.client.gather.held() + both.server.gather.held());
        streams + self.asked.capacity() * size_of::<(u16, MessageId)>()
    }
}
