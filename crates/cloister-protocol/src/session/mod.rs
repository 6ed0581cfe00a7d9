//! A session: one connection, whatever is spoken on it.

mod opening;
mod table;

use cloister_packet::Transport;

use crate::Side;
use crate::conversation::{Conversation, Limits, Progress};
use crate::message::{MessageId, Protocol, Sink, Trouble};
use crate::text::Text;
use opening::{Choice, Opening};
pub(crate) use table::{Certainty, Known};

/// How often a connection may change what it speaks.
const CHANGES: u8 = 8;
/// How many pieces of unknown text are looked at for the beginning of something known.
const TRIES: u16 = 256;

/// What is known of a connection before anybody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// What carries it.
    pub transport: Transport,
    /// The port that was called.
    pub port: u16,
    /// Whether nothing came before.
    pub whole: bool,
}

/// Reads one connection: finds out what is spoken, hands on to the reader of that, and follows changes.
pub struct Session {
    circumstances: Circumstances,
    limits: Limits,
    state: State,
    /// How many readers there were: each numbers its messages in a range of its own.
    generation: u8,
    /// How many pieces may still be looked at for something known.
    tries: u16,
}

enum State {
    /// What is spoken is not clear yet.
    Opening(Opening),
    /// This is spoken.
    Reading(Protocol, Box<dyn Conversation>),
}

impl Session {
    /// A connection of which nothing was read yet.
    pub fn new(circumstances: Circumstances, limits: Limits) -> Session {
        let tries = if circumstances.whole { 0 } else { TRIES };
        Session { circumstances, limits, state: State::Opening(Opening::default()), generation: 0, tries }
    }

    /// What is spoken, as far as it is clear.
    pub fn protocol(&self) -> Option<Protocol> {
        match &self.state {
            State::Opening(_) => None,
            State::Reading(protocol, _) => Some(*protocol),
        }
    }

    /// How many bytes of memory it holds.
    pub fn held(&self) -> usize {
        match &self.state {
            State::Opening(opening) => opening.held(),
            State::Reading(_, reader) => reader.held(),
        }
    }

    /// The next bytes of one side; of datagrams, one.
    pub fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        if bytes.is_empty() {
            return;
        }
        if let State::Opening(opening) = &mut self.state {
            let choice = opening.ask(side, bytes, &self.circumstances);
            self.follow(choice, sink);
            if self.protocol().is_none() {
                return;
            }
        } else if self.tries > 0 && self.protocol() == Some(Protocol::Unknown) {
            self.look_again(side, bytes, sink);
        }
        self.read(side, bytes, sink);
        self.within_bounds(sink);
    }

    /// So many bytes of one side were not seen.
    pub fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) {
        self.tries = TRIES;
        if let State::Opening(opening) = &mut self.state {
            if opening.held() == 0 {
                self.circumstances.whole = false;
                return;
            }
            let choice = opening.settle(&self.circumstances);
            self.follow(choice, sink);
        }
        if let State::Reading(_, reader) = &mut self.state
            && reader.lost(side, bytes, sink) == Progress::Strange
        {
            self.give_up(sink);
        }
    }

    /// One side says no more.
    pub fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        if let State::Opening(opening) = &mut self.state {
            let choice = if opening.finish(side) { opening.settle(&self.circumstances) } else { Choice::Wait };
            self.follow(choice, sink);
        } else if let State::Reading(_, reader) = &mut self.state {
            reader.finish(side, sink);
        }
    }

    /// Nothing more comes, of neither side.
    pub fn close(&mut self, sink: &mut dyn Sink) {
        self.finish(Side::Client, sink);
        self.finish(Side::Server, sink);
    }

    /// Hands bytes to the reader, and to the next one where what is spoken changes.
    fn read(&mut self, side: Side, mut bytes: &[u8], sink: &mut dyn Sink) {
        while let State::Reading(_, reader) = &mut self.state {
            match reader.push(side, bytes, sink) {
                Progress::Reads => return,
                Progress::Strange => {
                    self.give_up(sink);
                    self.tries = 0;
                }
                Progress::Becomes { protocol, read } => {
                    bytes = bytes.get(read..).unwrap_or_default();
                    self.change(protocol, sink);
                    if bytes.is_empty() {
                        return;
                    }
                    if let State::Opening(opening) = &mut self.state {
                        let choice = opening.ask(side, bytes, &self.circumstances);
                        self.follow(choice, sink);
                    }
                }
            }
        }
    }

    /// From here on `protocol` is spoken; what the old reader held of it is read first.
    fn change(&mut self, protocol: Protocol, sink: &mut dyn Sink) {
        let first = self.next_range();
        let State::Reading(_, old) = &mut self.state else { return };
        let successor = old.successor(first);
        let held = [Side::Client, Side::Server].map(|side| (side, old.left(side)));
        for side in [Side::Client, Side::Server] {
            old.finish(side, sink);
        }
        self.state = match successor {
            _ if self.generation > CHANGES => State::Reading(Protocol::Unknown, Box::new(Text::new(first))),
            Some(reader) => State::Reading(protocol, reader),
            None => match table::row(protocol, self.circumstances.transport) {
                Some(known) => State::Reading(protocol, (known.reader)(&self.limits, first)),
                None => State::Opening(Opening::default()),
            },
        };
        self.circumstances.whole = true;
        for (side, bytes) in held {
            self.push(side, &bytes, sink);
        }
    }

    /// Takes a reader by what its opening told, and reads what was held.
    fn follow(&mut self, choice: Choice, sink: &mut dyn Sink) {
        let mut reader: Box<dyn Conversation> = match choice {
            Choice::Wait => return,
            Choice::Known(known) | Choice::Joined(known) => (known.reader)(&self.limits, self.range()),
            Choice::Unknown => Box::new(Text::new(self.range())),
        };
        let protocol = choice.protocol();
        if let Choice::Joined(_) = choice {
            for side in [Side::Client, Side::Server] {
                reader.lost(side, 0, sink);
            }
        }
        let State::Opening(opening) = std::mem::replace(&mut self.state, State::Reading(protocol, reader)) else {
            return;
        };
        opening.replay(|side, bytes| self.read(side, bytes, sink));
        for side in [Side::Client, Side::Server] {
            if opening.is_finished(side) {
                self.finish(side, sink);
            }
        }
    }

    /// Text that begins as something known is that: so a connection is joined in its middle.
    fn look_again(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) {
        self.tries = self.tries.saturating_sub(1);
        let Some(known) = opening::surely(side, bytes, &self.circumstances) else { return };
        let first = self.next_range();
        if let State::Reading(_, text) = &mut self.state {
            for side in [Side::Client, Side::Server] {
                text.finish(side, sink);
            }
        }
        self.state = State::Reading(known.protocol, (known.reader)(&self.limits, first));
    }

    /// The reader cannot go on: what follows is text.
    fn give_up(&mut self, sink: &mut dyn Sink) {
        let first = self.next_range();
        let text = State::Reading(Protocol::Unknown, Box::new(Text::new(first)));
        if let State::Reading(_, mut old) = std::mem::replace(&mut self.state, text) {
            for side in [Side::Client, Side::Server] {
                old.finish(side, sink);
            }
        }
    }

    fn within_bounds(&mut self, sink: &mut dyn Sink) {
        if let State::Reading(protocol, reader) = &self.state
            && reader.held() > self.limits.held
        {
            sink.trouble(*protocol, Trouble::TooLarge);
            self.give_up(sink);
        }
    }

    fn range(&self) -> MessageId {
        MessageId(u64::from(self.generation) << 48)
    }

    fn next_range(&mut self) -> MessageId {
        self.generation = self.generation.saturating_add(1);
        self.range()
    }
}
