//! MySQL and MariaDB ("Client/Server Protocol" of either's documentation): statements with the place of each literal,
//! parameters and rows by column, in text and in binary form, also compressed.

mod client;
mod infile;
mod login;
mod packets;
mod server;
mod shared;
mod values;

use client::Client;
use packets::{Envelopes, Packets, Part};
use server::Server;
use shared::{Phase, Shared};

use crate::input::Input;
use crate::session::{Certainty, Known};
use crate::{Conversation, Limits, MessageId, Progress, Protocol, Side, Sides, Sink, Transport, Trouble};

/// How it is recognised, and who reads it.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Mysql,
    transport: Transport::Tcp,
    ports: &[3306],
    rejoins: true,
    recognise,
    reader: Mysql::boxed,
};

/// Reads a conversation with MySQL or MariaDB.
pub(crate) struct Mysql {
    envelopes: Sides<Envelopes>,
    packets: Sides<Packets>,
    client: Client,
    server: Server,
    shared: Shared,
}

impl Mysql {
    fn boxed(limits: &Limits, first: MessageId) -> Box<dyn Conversation> {
        Box::new(Mysql {
            envelopes: Sides::default(),
            packets: Sides::default(),
            client: Client::default(),
            server: Server::default(),
            shared: Shared::new(limits, first),
        })
    }

    fn plain(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let Mysql { packets, client, server, shared, .. } = self;
        packets.of(side).push(bytes, &mut |part: Part<'_>| match side {
            Side::Client => client.on(part, shared, sink),
            Side::Server => server.on(part, shared, sink),
        })
    }

    fn compressed(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        let Some(coding) = self.shared.compression else { return Progress::Strange };
        let limits = self.shared.limits;
        let mut envelopes = std::mem::take(self.envelopes.of(side));
        let result = envelopes.push(bytes, coding, &limits, &mut |piece| match self.plain(side, piece, sink) {
            Progress::Reads => Ok(()),
            Progress::Becomes { .. } | Progress::Strange => Err(Trouble::Malformed),
        });
        *self.envelopes.of(side) = envelopes;
        match result {
            Ok(()) => Progress::Reads,
            Err(trouble) => {
                sink.trouble(Protocol::Mysql, trouble);
                Progress::Strange
            }
        }
    }
}

impl Conversation for Mysql {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        if self.shared.compression.is_some() && self.shared.phase == Phase::Commands {
            return self.compressed(side, bytes, sink);
        }
        self.plain(side, bytes, sink)
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        sink.trouble(Protocol::Mysql, Trouble::Gap);
        if self.shared.compression.is_some() && self.shared.phase == Phase::Commands {
            return Progress::Strange;
        }
        let within = self.packets.of(side).lost(bytes);
        match side {
            Side::Client => self.client.give_up(&mut self.shared, sink),
            Side::Server => self.server.gap(within, sink),
        }
        if !within {
            self.shared.pending.clear();
        }
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        match side {
            Side::Client => self.client.finish(&mut self.shared, sink),
            Side::Server => self.server.finish(sink),
        }
    }

    fn held(&self) -> usize {
        self.envelopes.client.held()
            + self.envelopes.server.held()
            + self.packets.client.held()
            + self.packets.server.held()
            + self.client.held()
            + self.server.held()
            + self.shared.held()
    }
}

/// The server speaks first: its number 0, version 10 of the handshake, and its own version as text.
fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    let mut input = Input::new(server);
    let Some([low, middle, high, number]) = input.array() else {
        return if client.is_empty() { Certainty::More } else { Certainty::No };
    };
    let length = u32::from_le_bytes([low, middle, high, 0]);
    if number != 0 || !(40..=400).contains(&length) {
        return Certainty::No;
    }
    let Some(version) = input.u8() else { return Certainty::More };
    match input.until(0) {
        Some(text) if version == 10 && text.iter().all(u8::is_ascii_graphic) && !text.is_empty() => Certainty::Sure,
        None if version == 10 && server.len() < 100 => Certainty::More,
        _ => Certainty::No,
    }
}
