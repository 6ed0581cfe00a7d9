//! PostgreSQL, protocol 3 (the chapter "Frontend/Backend Protocol" of its documentation).
//!
//! Statements are told with the place of each literal; parameters and rows by column, in words where they came in binary
//! form. Both sides share what was prepared, and what the client waits for.

mod client;
mod copy;
mod framing;
mod server;
mod shared;
mod types;

use client::Client;
use server::Server;
use shared::Shared;
pub(crate) use types::civil;

use crate::input::Input;
use crate::seek::{Frame, boundary};
use crate::session::{Certainty, Known};
use crate::{Conversation, Limits, MessageId, Progress, Protocol, Side, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Postgres,
    transport: Transport::Tcp,
    ports: &[5432],
    rejoins: true,
    recognise,
    reader: Postgres::boxed,
};

/// Reads a conversation with PostgreSQL.
pub(crate) struct Postgres {
    client: Client,
    server: Server,
    shared: Shared,
}

impl Postgres {
    pub(crate) fn new(limits: &Limits, first: MessageId) -> Postgres {
        Postgres { client: Client::default(), server: Server::default(), shared: Shared::new(limits, first) }
    }

    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        Box::new(Postgres::new(limits, first))
    }
}

impl Conversation for Postgres {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        match side {
            Side::Client => self.client.push(bytes, &mut self.shared, sink),
            Side::Server => self.server.push(bytes, &mut self.shared, sink),
        }
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Postgres, Trouble::Gap);
        match side {
            Side::Client => self.client.lost(bytes, &mut self.shared, sink),
            Side::Server => self.server.lost(bytes, &mut self.shared, sink),
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        match side {
            Side::Client => self.client.finish(&mut self.shared, sink),
            Side::Server => self.server.finish(&mut self.shared, sink),
        }
    }

    fn held(&self) -> usize {
        self.client.held() + self.server.held() + self.shared.held()
    }
}

/// What the first packet asks for.
pub(crate) const CANCEL: u32 = 80_877_102;
pub(crate) const TLS: u32 = 80_877_103;
pub(crate) const GSS: u32 = 80_877_104;

/// Whether these are the first bytes of a conversation, or heads of messages in its middle.
fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    let mut input = Input::new(client);
    let (Some(length), Some(code)) = (input.u32(), input.u32()) else {
        return match client {
            [] if server.is_empty() => Certainty::More,
            [] => middle(server, server_head),
            [0, ..] => Certainty::More,
            _ => Certainty::No,
        };
    };
    match (length, code) {
        (8, TLS | GSS) | (16, CANCEL) => Certainty::Sure,
        (9..=10_000, code) if code >> 16 == 3 && code & 0xffff < 100 => match input.u8() {
            // A request of Kafka for metadata begins the same, and goes on with a number instead of a name.
            Some(name) if name.is_ascii_graphic() => Certainty::Sure,
            Some(_) => middle(client, client_head),
            None => Certainty::More,
        },
        _ => middle(client, client_head),
    }
}

fn middle(bytes: &[u8], head: fn(&[u8]) -> Frame) -> Certainty {
    if boundary(bytes, head) == Some(0) { Certainty::Likely } else { Certainty::No }
}

/// The head of a message of the client, if it may be one.
pub(crate) fn client_head(bytes: &[u8]) -> Frame {
    head(bytes, |kind, length| match kind {
        b'S' | b'H' | b'c' | b'X' => length == 4,
        b'Q' | b'd' | b'f' | b'p' | b'F' => (5..=1 << 26).contains(&length),
        b'P' => (8..=1 << 24).contains(&length),
        b'B' => (12..=1 << 26).contains(&length),
        b'D' | b'C' => (6..=300).contains(&length),
        b'E' => (9..=300).contains(&length),
        _ => false,
    })
}

/// The head of a message of the server, if it may be one.
pub(crate) fn server_head(bytes: &[u8]) -> Frame {
    head(bytes, |kind, length| match kind {
        b'Z' => length == 5,
        b'K' => length == 12,
        b'1' | b'2' | b'3' | b'n' | b's' | b'I' | b'c' => length == 4,
        b'D' => (6..=1 << 26).contains(&length),
        b'd' => (4..=1 << 26).contains(&length),
        b'T' | b't' => (6..=1 << 18).contains(&length),
        b'C' => (6..=100).contains(&length),
        b'S' | b'R' => (8..=5000).contains(&length),
        b'E' | b'N' | b'A' => (10..=1 << 20).contains(&length),
        b'G' | b'H' | b'W' => (7..=4000).contains(&length),
        _ => false,
    })
}

fn head(bytes: &[u8], plausible: impl Fn(u8, u32) -> bool) -> Frame {
    let mut input = Input::new(bytes);
    let (Some(kind), Some(length)) = (input.u8(), input.u32()) else {
        return match bytes.first() {
            Some(kind) if !kind.is_ascii_alphanumeric() => Frame::No,
            _ => Frame::Short,
        };
    };
    if plausible(kind, length) { Frame::Long(length as usize + 1) } else { Frame::No }
}
