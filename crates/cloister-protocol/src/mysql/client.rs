//! What the client says.

use std::sync::Arc;

use super::login;
use super::packets::{Part, Wish};
use super::shared::{Pending, Phase, Prepared, Shared, capability};
use super::values::{Value, length, text, value};
use crate::input::{Hold, Input, Step};
use crate::sql::{Dialect, Meaning, NAME, NAMES, Telling};
use crate::{MessageId, Place, Protocol, Side, Sink, Trouble};

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

/// Parameters of a statement.
#[derive(Debug)]
struct Execute {
    hold: Hold,
    id: MessageId,
    number: u32,
    bulk: bool,
    nulls: Vec<u8>,
    kinds: Vec<(u8, bool)>,
    /// The head was read.
    begun: bool,
    index: usize,
    left: Option<u64>,
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

    /// Attributes stand before the text of a statement.
    fn attributes(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let Content::Attributes(hold) = &mut self.content else { return };
        let mut hold = std::mem::take(hold);
        let mut telling = None;
        let head = shared.limits.head;
        let progress = hold.feed(bytes, head, |input| match &mut telling {
            None => {
                let Some(attributes) = attributes(input) else { return Step::Wait };
                let id = shared.next.take();
                if !attributes.is_empty() {
                    sink.begin(id, &shared.head(Side::Client, "attributes", "", None));
                    for (name, value) in &attributes {
                        sink.value(id, Place::Field(name), value.as_bytes(), true);
                    }
                    sink.end(id, true);
                }
                telling = Some(Telling::new(Dialect::Mysql, shared.next.take()));
                Step::Again
            }
            Some(telling) => {
                telling.push(input.some(u64::MAX), shared.scene(), sink);
                Step::Wait
            }
        });
        self.content = match telling {
            _ if progress == crate::Progress::Strange => Content::Skip,
            Some(telling) => Content::Statement(Box::new(telling), false),
            None => Content::Attributes(hold),
        };
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

/// Names and values of attributes, when all of them are there.
fn attributes(input: &mut Input<'_>) -> Option<Vec<(String, String)>> {
    let mut look = *input;
    let count = usize::try_from(length(&mut look)??).ok()?;
    length(&mut look)??;
    let mut attributes = Vec::new();
    if count > 0 {
        let nulls = look.take(count.div_ceil(8))?;
        look.u8()?;
        let mut kinds = Vec::new();
        for _ in 0..count.min(NAMES) {
            let [kind, flags] = look.array()?;
            kinds.push((kind, flags & 0x80 != 0, String::from_utf8_lossy(text(&mut look)?).into_owned()));
        }
        for (index, (kind, unsigned, name)) in kinds.into_iter().enumerate() {
            if is_null(nulls, index) {
                continue;
            }
            let value = match value(kind, unsigned, &mut look)? {
                Value::Words(words) => words,
                Value::Long(length) => String::from_utf8_lossy(look.take(usize::try_from(length).ok()?)?).into_owned(),
                Value::Null => continue,
            };
            attributes.push((name, value));
        }
    }
    *input = look;
    Some(attributes)
}

fn is_null(nulls: &[u8], index: usize) -> bool {
    nulls.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
}

fn long_data(
    input: &mut Input<'_>,
    open: &mut Option<(MessageId, u16, u32)>,
    shared: &mut Shared,
    sink: &mut dyn Sink,
) -> Step {
    if open.is_none() {
        let mut look = *input;
        let (Some(number), Some(index)) = (look.u32_le(), look.u16_le()) else { return Step::Wait };
        *input = look;
        let id = shared.next.take();
        let number = shared.number(number);
        let prepared = shared.prepared.get(&number).cloned().unwrap_or_default();
        let verb = if prepared.statement.verb.is_empty() { "EXECUTE" } else { &prepared.statement.verb };
        sink.begin(id, &shared.head(Side::Client, verb, &prepared.statement.table, None));
        *open = Some((id, index, number));
    }
    let bytes = input.some(u64::MAX);
    if let Some((id, index, number)) = open {
        let meaning = parameter(shared, *number, (*index).into());
        sink.value(*id, place(&meaning, index.saturating_add(1)), bytes, false);
    }
    Step::Wait
}

fn parameter(shared: &Shared, number: u32, index: usize) -> Meaning {
    let prepared = shared.prepared.get(&number);
    prepared.and_then(|prepared| prepared.statement.parameters.get(index)).cloned().unwrap_or_default()
}

fn place(meaning: &Meaning, number: u16) -> Place<'_> {
    match meaning {
        Meaning::Column { table, name } => Place::Column { table, name },
        Meaning::Credential => Place::Field("password"),
        Meaning::Unknown => Place::Parameter(number),
    }
}

impl Execute {
    fn new(bulk: bool) -> Execute {
        Execute {
            hold: Hold::default(),
            id: MessageId(0),
            number: 0,
            bulk,
            nulls: Vec::new(),
            kinds: Vec::new(),
            begun: false,
            index: 0,
            left: None,
        }
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        if !self.begun {
            let mut look = *input;
            if self.head(&mut look, shared).is_none() {
                return Step::Wait;
            }
            *input = look;
            self.begin(shared, sink);
            return Step::Again;
        }
        if let Some(left) = self.left {
            let bytes = input.some(left);
            let left = left - bytes.len() as u64;
            if bytes.is_empty() && left > 0 {
                return Step::Wait;
            }
            self.tell(bytes, left == 0, shared, sink);
            self.left = (left > 0).then_some(left);
            self.index += usize::from(left == 0);
            return Step::Again;
        }
        if self.index >= self.kinds.len() {
            if !self.bulk || input.len() == 0 || self.kinds.is_empty() {
                return Step::Wait;
            }
            sink.record(self.id);
            self.index = 0;
        }
        self.next(input, shared, sink)
    }

    /// Everything before the values, when all of it is there.
    fn head(&mut self, look: &mut Input<'_>, shared: &mut Shared) -> Option<()> {
        self.number = shared.number(look.u32_le()?);
        let prepared = shared.prepared.get(&self.number);
        let mut count = prepared.map_or(0, |prepared| usize::from(prepared.parameters));
        let told;
        if self.bulk {
            told = look.u16_le()? & 128 != 0;
        } else {
            let [flags, ..] = look.array::<5>()?;
            let named = shared.has(capability::QUERY_ATTRIBUTES);
            if named && (count > 0 || flags & 8 != 0) {
                count = usize::from(u16::try_from(length(look)??).ok()?);
            }
            self.nulls = look.take(count.div_ceil(8))?.to_vec();
            told = count > 0 && look.u8()? == 1;
        }
        self.kinds = prepared.map(|prepared| prepared.kinds.clone()).unwrap_or_default();
        if told {
            self.kinds.clear();
            let named = !self.bulk && shared.has(capability::QUERY_ATTRIBUTES);
            for _ in 0..count {
                let [kind, flags] = look.array()?;
                if named {
                    text(look)?;
                }
                self.kinds.push((kind, flags & 0x80 != 0));
            }
        }
        Some(())
    }

    fn begin(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.begun = true;
        self.id = shared.next.take();
        if let Some(prepared) = shared.prepared.get_mut(&self.number) {
            prepared.kinds.clone_from(&self.kinds);
        }
        let prepared = shared.prepared.get(&self.number).cloned().unwrap_or_default();
        let verb = if prepared.statement.verb.is_empty() { "EXECUTE" } else { &prepared.statement.verb };
        sink.begin(self.id, &shared.head(Side::Client, verb, &prepared.statement.table, None));
    }

    fn next(&mut self, input: &mut Input<'_>, shared: &Shared, sink: &mut dyn Sink) -> Step {
        let (kind, unsigned) = self.kinds.get(self.index).copied().unwrap_or_default();
        if !self.bulk && is_null(&self.nulls, self.index) {
            self.index += 1;
            return Step::Again;
        }
        let mut look = *input;
        if self.bulk {
            match look.u8() {
                None => return Step::Wait,
                Some(0) => {}
                // NULL, the default, or nothing.
                Some(_) => {
                    *input = look;
                    self.index += 1;
                    return Step::Again;
                }
            }
        }
        let Some(value) = value(kind, unsigned, &mut look) else { return Step::Wait };
        *input = look;
        match value {
            Value::Null => self.index += 1,
            Value::Words(words) => {
                self.tell(words.as_bytes(), true, shared, sink);
                self.index += 1;
            }
            Value::Long(length) => self.left = Some(length),
        }
        Step::Again
    }

    fn tell(&self, bytes: &[u8], last: bool, shared: &Shared, sink: &mut dyn Sink) {
        let meaning = parameter(shared, self.number, self.index);
        let number = u16::try_from(self.index + 1).unwrap_or(u16::MAX);
        sink.value(self.id, place(&meaning, number), bytes, last);
    }

    fn finish(self, whole: bool, shared: &mut Shared, sink: &mut dyn Sink) {
        if !self.begun {
            return shared.waits_for(Pending::Other, sink);
        }
        if self.left.is_some() {
            self.tell(b"", true, shared, sink);
        }
        sink.record(self.id);
        sink.end(self.id, whole);
        shared.waits_for(Pending::Execute(self.id, self.number), sink);
    }
}

/// A statement that was prepared is known by its number.
pub(super) fn prepared(statement: Arc<crate::sql::Statement>, parameters: u16) -> Prepared {
    Prepared { statement, parameters, ..Prepared::default() }
}

/// Names are cut to what is believed.
pub(super) fn name(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(NAME)).unwrap_or_default()).into()
}
