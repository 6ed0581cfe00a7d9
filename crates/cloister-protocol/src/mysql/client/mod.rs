//! What the client says.

mod attributes;
mod execute;
mod long_data;

use std::sync::Arc;

use execute::{Execute, parameter, place};
use long_data::long_data;

use super::login;
use super::packets::{Part, Wish};
use super::shared::{Pending, Phase, Prepared, Shared, capability};
use crate::input::Hold;
use crate::sql::{Dialect, NAME, Telling};
use crate::{MessageId, Protocol, Sink, Trouble};

/// What a packet holds.
#[derive(Debug, Default)]
enum Content {
    /// Nothing that is read.
    #[default]
    Skip,
    /// The first byte will tell.
    Command,
    Login(Vec<u8>),
    Password(Vec<u8>),
    Database(Vec<u8>),
    /// A statement behind its attributes; whether it is prepared.
    Attributes(Hold),
    Statement(Box<Telling>, bool),
    Execute(Box<Execute>),
    LongData(Hold, Option<(MessageId, u16, u32)>),
    Infile(bool),
}

#[derive(Debug, Default)]
pub(super) struct Client {
    content: Content,
    number: u8,
}

impl Client {
    pub(super) fn on(&mut self, part: Part<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
        match part {
            Part::Begin(number, length) => {
                self.begin(number, length, shared);
                // A request for TLS is a login that stops before the name.
                Wish::Go
            }
            Part::Bytes(bytes) => self.bytes(bytes, shared, sink),
            Part::End => self.end(shared, sink),
        }
    }

    fn begin(&mut self, number: u8, length: u64, shared: &mut Shared) {
        self.number = number;
        self.content = match shared.phase {
            Phase::Greeting | Phase::Login if number == 0 && length > 0 => {
                shared.phase = Phase::Commands;
                Content::Command
            }
            Phase::Greeting => Content::Login(Vec::new()),
            Phase::Login if std::mem::take(&mut shared.password) => Content::Password(Vec::new()),
            Phase::Login => Content::Skip,
            Phase::Commands if shared.infile.is_some() && number != 0 => Content::Infile(length == 0),
            Phase::Commands if number == 0 => Content::Command,
            Phase::Commands => Content::Skip,
        };
    }

    fn bytes(&mut self, mut bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
        if matches!(self.content, Content::Command) {
            let Some((command, rest)) = bytes.split_first() else { return Wish::Go };
            bytes = rest;
            self.content = command_content(*command, shared, sink);
        }
        match &mut self.content {
            Content::Skip | Content::Command => {}
            Content::Login(kept) | Content::Password(kept) | Content::Database(kept) => {
                let room = 4096_usize.saturating_sub(kept.len()).min(bytes.len());
                kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
            }
            Content::Statement(telling, _) => telling.push(bytes, shared.scene(), sink),
            Content::Infile(_) => {
                if let Some(infile) = &mut shared.infile {
                    infile.push(bytes, sink);
                }
            }
            Content::Attributes(_) => self.attributes(bytes, shared, sink),
            Content::Execute(execute) => {
                let mut hold = std::mem::take(&mut execute.hold);
                let progress = hold.feed(bytes, 1 << 20, |input| execute.step(input, shared, sink));
                execute.hold = hold;
                if progress == crate::Progress::Strange {
                    sink.trouble(Protocol::Mysql, Trouble::Malformed);
                    self.give_up(shared, sink);
                }
            }
            Content::LongData(hold, open) => {
                let mut taken = std::mem::take(hold);
                taken.feed(bytes, 64, |input| long_data(input, open, shared, sink));
                *hold = taken;
            }
        }
        Wish::Go
    }

    fn end(&mut self, shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
        match std::mem::take(&mut self.content) {
            Content::Login(kept) => return login::login(&kept, shared, sink),
            Content::Password(kept) => login::password(&kept, shared, sink),
            Content::Database(kept) => shared.database = String::from_utf8_lossy(&kept).into_owned(),
            Content::Statement(telling, prepares) => {
                let id = telling.id();
                let statements = telling.finish(true, shared.scene(), sink);
                let pending = if prepares {
                    Pending::Prepare(Arc::new(statements.into_iter().next().unwrap_or_default()))
                } else {
                    Pending::Query(id, statements.into())
                };
                shared.waits_for(pending, sink);
            }
            Content::Execute(execute) => {
                let whole = execute.begun && execute.left.is_none();
                execute.finish(whole, shared, sink);
            }
            Content::LongData(_, Some((id, number, statement))) => {
                let meaning = parameter(shared, statement, number.into());
                sink.value(id, place(&meaning, number.saturating_add(1)), b"", true);
                sink.end(id, true);
            }
            Content::Infile(true) => {
                if let Some(infile) = shared.infile.take() {
                    infile.finish(true, sink);
                }
            }
            Content::Attributes(_)
            | Content::Skip
            | Content::Command
            | Content::LongData(_, None)
            | Content::Infile(false) => {}
        }
        Wish::Go
    }

    /// What is open was cut short.
    pub(super) fn give_up(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        match std::mem::take(&mut self.content) {
            Content::Statement(telling, _) => {
                telling.finish(false, shared.scene(), sink);
            }
            Content::Execute(execute) => execute.finish(false, shared, sink),
            Content::LongData(_, Some((id, number, statement))) => {
                let meaning = parameter(shared, statement, number.into());
                sink.value(id, place(&meaning, number.saturating_add(1)), b"", true);
                sink.end(id, false);
            }
            _ => {}
        }
    }

    pub(super) fn finish(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.give_up(shared, sink);
        if let Some(infile) = shared.infile.take() {
            infile.finish(false, sink);
        }
    }

    pub(super) fn held(&self) -> usize {
        match &self.content {
            Content::Statement(telling, _) => telling.held(),
            Content::Execute(execute) => execute.hold.held() + execute.kinds.capacity() * 2,
            Content::Attributes(hold) | Content::LongData(hold, _) => hold.held(),
            Content::Login(kept) | Content::Password(kept) | Content::Database(kept) => kept.capacity(),
            Content::Skip | Content::Command | Content::Infile(_) => 0,
        }
    }
}

/// What follows a command ("Command Phase" of MySQL's documentation, and MariaDB's).
fn command_content(command: u8, shared: &mut Shared, sink: &mut dyn Sink) -> Content {
    let pending = match command {
        0x02 => {
            shared.waits_for(Pending::Other, sink);
            return Content::Database(Vec::new());
        }
        0x03 if shared.has(capability::QUERY_ATTRIBUTES) => return Content::Attributes(Hold::default()),
        0x03 | 0x16 => {
            let telling = Telling::new(Dialect::Mysql, shared.next.take());
            return Content::Statement(Box::new(telling), command == 0x16);
        }
        0x17 | 0xfa => return Content::Execute(Box::new(Execute::new(command == 0xfa))),
        0x18 => return Content::LongData(Hold::default(), None),
        0x04 => Pending::Fields,
        0x1c => Pending::Fetch,
        // Nothing answers these.
        0x01 | 0x19 => return Content::Skip,
        // A stream of the server's log follows; its form is not read.
        0x12 | 0x1e => {
            sink.trouble(Protocol::Mysql, Trouble::Unsupported);
            return Content::Skip;
        }
        0x11 => {
            shared.phase = Phase::Login;
            return Content::Skip;
        }
        _ => Pending::Other,
    };
    shared.waits_for(pending, sink);
    Content::Skip
}

/// A statement that was prepared is known by its number.
pub(super) fn prepared(statement: Arc<crate::sql::Statement>, parameters: u16) -> Prepared {
    Prepared { statement, parameters, ..Prepared::default() }
}

/// Names are cut to what is believed.
pub(super) fn name(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(NAME)).unwrap_or_default()).into()
}
