//! The opening of a connection: the first bytes of both sides, until they tell what is spoken.

use super::Circumstances;
use super::table::{Certainty, Known, TABLE};
use crate::message::Protocol;
use crate::{Side, Sides, Transport};

/// How many bytes of a side are held before what is spoken must be clear.
const PEEK: usize = 1 << 10;

/// What follows from the first bytes.
#[derive(Clone, Copy)]
pub(super) enum Choice {
    /// More bytes are needed; those given are held.
    Wait,
    /// This is spoken.
    Known(&'static Known),
    /// Nothing in the first bytes tells it, which are from its middle; by its port it is this.
    Joined(&'static Known),
    /// Nothing that is known.
    Unknown,
}

impl Choice {
    pub(super) fn protocol(self) -> Protocol {
        match self {
            Choice::Known(known) | Choice::Joined(known) => known.protocol,
            Choice::Wait | Choice::Unknown => Protocol::Unknown,
        }
    }
}

/// The first bytes, in the order in which they came.
#[derive(Default)]
pub(super) struct Opening {
    said: Sides<Vec<u8>>,
    /// Whose turn it was, and how long.
    turns: Vec<(Side, usize)>,
    finished: Sides<bool>,
}

impl Opening {
    /// Whether `bytes` of `side` make it clear; they are held if not.
    pub(super) fn ask(&mut self, side: Side, bytes: &[u8], circumstances: &Circumstances) -> Choice {
        let choice = if self.said.get(side).is_empty() {
            let mut said = Sides { client: self.said.client.as_slice(), server: self.said.server.as_slice() };
            *said.of(side) = bytes;
            choose(&said, circumstances, self.is_full(side, bytes.len()))
        } else {
            let mut said = self.said.clone();
            said.of(side).extend_from_slice(bytes.get(..PEEK.min(bytes.len())).unwrap_or_default());
            let said = Sides { client: said.client.as_slice(), server: said.server.as_slice() };
            choose(&said, circumstances, self.is_full(side, bytes.len()))
        };
        if matches!(choice, Choice::Wait) {
            self.said.of(side).extend_from_slice(bytes);
            match self.turns.last_mut() {
                // A stream may be cut anywhere; a datagram stands by itself.
                Some((last, length)) if *last == side && circumstances.transport == Transport::Tcp => {
                    *length += bytes.len();
                }
                _ => self.turns.push((side, bytes.len())),
            }
        }
        choice
    }

    fn is_full(&self, side: Side, more: usize) -> bool {
        self.said.get(side).len() + more >= PEEK || self.turns.len() >= 64
    }

    /// One side says no more: whether the other neither.
    pub(super) fn finish(&mut self, side: Side) -> bool {
        *self.finished.of(side) = true;
        self.finished.client && self.finished.server
    }

    /// Whether a side says no more.
    pub(super) fn is_finished(&self, side: Side) -> bool {
        *self.finished.get(side)
    }

    /// What it is, if nothing more comes.
    pub(super) fn settle(&self, circumstances: &Circumstances) -> Choice {
        let said = Sides { client: self.said.client.as_slice(), server: self.said.server.as_slice() };
        choose(&said, circumstances, true)
    }

    pub(super) fn held(&self) -> usize {
        self.said.client.capacity() + self.said.server.capacity()
    }

    /// Hands on what was held, turn by turn.
    pub(super) fn replay(&self, mut read: impl FnMut(Side, &[u8])) {
        let mut rest = Sides { client: self.said.client.as_slice(), server: self.said.server.as_slice() };
        for (side, length) in &self.turns {
            let (now, later) = rest.get(*side).split_at_checked(*length).unwrap_or_default();
            *rest.of(*side) = later;
            read(*side, now);
        }
    }
}

/// The surest of all; of the likely ones that with the right port. `now`: nothing more is waited for.
fn choose(said: &Sides<&[u8]>, circumstances: &Circumstances, now: bool) -> Choice {
    let mut waits = false;
    let mut likely: Option<&'static Known> = None;
    for known in TABLE.iter().filter(|known| known.transport == circumstances.transport) {
        match (known.recognise)(said.client, said.server) {
            Certainty::Sure => return Choice::Known(known),
            Certainty::More => waits = true,
            Certainty::Likely if likely.is_none() || is_served(known, circumstances) => likely = Some(known),
            Certainty::Likely | Certainty::No => {}
        }
    }
    match likely {
        Some(known) if !waits || now || is_served(known, circumstances) => Choice::Known(known),
        None if !waits || now => by_port(circumstances).map_or(Choice::Unknown, Choice::Joined),
        _ => Choice::Wait,
    }
}

fn is_served(known: &Known, circumstances: &Circumstances) -> bool {
    known.ports.contains(&circumstances.port)
}

/// Of a connection whose beginning was not seen, the port says what it may be.
fn by_port(circumstances: &Circumstances) -> Option<&'static Known> {
    let mut rows = TABLE.iter().filter(|known| known.transport == circumstances.transport && known.rejoins);
    rows.find(|known| !circumstances.whole && is_served(known, circumstances))
}

/// What surely begins with these bytes of one side.
pub(super) fn surely(side: Side, bytes: &[u8], circumstances: &Circumstances) -> Option<&'static Known> {
    let mut said = Sides::<&[u8]>::default();
    *said.of(side) = bytes;
    let mut rows = TABLE.iter().filter(|known| known.transport == circumstances.transport);
    rows.find(|known| (known.recognise)(said.client, said.server) == Certainty::Sure)
}
