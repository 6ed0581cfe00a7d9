//! What the server says.

mod definitions;
mod rows;

use definitions::Of;
use rows::{Row, Rows};

use super::client::prepared;
use super::infile::Infile;
use super::login;
use super::packets::{Part, Wish};
use super::shared::{Column, Pending, Phase, Shared, capability};
use super::values::length;
use crate::input::Input;
use crate::sql::NAMES;
use crate::{Place, Protocol, Side, Sink, Trouble};

/// What the next packet is.
#[derive(Debug, Default)]
enum Expect {
    #[default]
    Answer,
    Definitions(u64, Of, Vec<Column>),
    Rows,
}

/// What this packet holds.
#[derive(Debug, Default)]
enum Content {
    #[default]
    Skip,
    First(u64),
    Kept(Vec<u8>, u64),
    Row(Row),
}

#[derive(Debug, Default)]
pub(super) struct Server {
    expect: Expect,
    content: Content,
    rows: Rows,
    number: u8,
}

/// More results follow.
const MORE: u16 = 8;

impl Server {
    pub(super) fn on(&mut self, part: Part<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
        match part {
            Part::Begin(number, length) => {
                self.number = number;
                self.content = Content::First(length);
            }
            Part::Bytes(bytes) => self.bytes(bytes, shared, sink),
            Part::End => match std::mem::take(&mut self.content) {
                Content::Kept(kept, length) => return self.whole(&kept, length, shared, sink),
                Content::Row(row) => self.end_row(row, sink),
                Content::Skip | Content::First(_) => {}
            },
        }
        Wish::Go
    }

    fn bytes(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        if let (Content::First(length), Some(first)) = (&self.content, bytes.first()) {
            if matches!((&self.expect, shared.pending.front()), (Expect::Answer, Some(Pending::Fetch))) {
                (self.rows.binary, self.rows.whole) = (true, true);
                self.expect = Expect::Rows;
            }
            let ends = *first == 0xff || (*first == 0xfe && *length < 0xff_ffff);
            self.content = match self.expect {
                Expect::Rows if !ends => {
                    self.begin_rows(shared, sink);
                    Content::Row(Row::default())
                }
                _ => Content::Kept(Vec::new(), *length),
            };
        }
        match &mut self.content {
            Content::Kept(kept, _) => {
                let room = shared.limits.head.saturating_sub(kept.len()).min(bytes.len());
                kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
            }
            Content::Row(row) => {
                let mut hold = std::mem::take(&mut row.hold);
                let rows = &self.rows;
                let progress = hold.feed(bytes, 64 << 10, |input| row.step(input, rows, sink));
                row.hold = hold;
                if progress == crate::Progress::Strange {
                    sink.trouble(Protocol::Mysql, Trouble::Malformed);
                    self.rows.whole = false;
                    self.cut_row(sink);
                }
            }
            Content::Skip | Content::First(_) => {}
        }
    }

    fn whole(&mut self, kept: &[u8], length: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
        match shared.phase {
            Phase::Greeting if self.number == 0 => {
                if login::greeting(kept, shared).is_none() && kept.first() != Some(&0xff) {
                    return Wish::Strange;
                }
                return Wish::Go;
            }
            // Joined in the middle.
            Phase::Greeting => shared.phase = Phase::Commands,
            Phase::Login => {
                login::answer(kept, shared);
                if kept.first() == Some(&0xff) {
                    self.error(kept, shared, sink);
                }
                return Wish::Go;
            }
            Phase::Commands => {}
        }
        if kept.first() == Some(&0xff) {
            self.error(kept, shared, sink);
            self.end_rows(sink);
            self.expect = Expect::Answer;
            shared.pending.pop_front();
            return Wish::Go;
        }
        match std::mem::take(&mut self.expect) {
            Expect::Answer => self.answer(kept, length, shared, sink),
            Expect::Definitions(left, of, columns) => self.definition(kept, length, (left, of, columns), shared),
            Expect::Rows => self.end_of_rows(kept, length, shared, sink),
        }
        Wish::Go
    }

    /// The first packet that answers a command.
    fn answer(&mut self, kept: &[u8], length: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let mut input = Input::new(kept);
        let first = kept.first().copied().unwrap_or_default();
        if first == 0xfe && length == 5 {
            // It ends definitions that were read already.
            return;
        }
        match shared.pending.front().cloned() {
            Some(Pending::Prepare(statement)) if first == 0 => {
                input.u8();
                let (Some(number), Some(columns), Some(parameters)) = (input.u32_le(), input.u16_le(), input.u16_le())
                else {
                    return;
                };
                shared.prepare(number, prepared(statement, parameters));
                self.expect = match (parameters, columns) {
                    (0, 0) => {
                        shared.pending.pop_front();
                        Expect::Answer
                    }
                    (0, columns) => Expect::Definitions(columns.into(), Of::Prepared, Vec::new()),
                    (parameters, columns) => {
                        Expect::Definitions(parameters.into(), Of::Parameters(columns), Vec::new())
                    }
                };
            }
            Some(Pending::Fields) => self.expect = Expect::Definitions(u64::MAX, Of::Rows, Vec::new()),
            Some(Pending::Query(..) | Pending::Execute(..)) if first == 0xfb => {
                shared.infile = Some(Infile::begin(shared, sink));
            }
            Some(Pending::Query(..) | Pending::Execute(..)) if first != 0 => self.result(&mut input, shared, sink),
            Some(_) => {
                input.u8();
                let status = ok_status(&mut input);
                self.next_result(status, shared);
            }
            None => {}
        }
    }

    /// Rows begin: how many columns, and whether they are described.
    fn result(&mut self, input: &mut Input<'_>, shared: &Shared, sink: &mut dyn Sink) {
        let Some(Some(count)) = length(input) else { return };
        if count > NAMES as u64 * 4 {
            sink.trouble(Protocol::Mysql, Trouble::TooLarge);
            return;
        }
        let (binary, answers) = match shared.pending.front() {
            Some(Pending::Execute(id, _)) => (true, Some(*id)),
            Some(Pending::Query(id, _)) => (false, Some(*id)),
            _ => (false, None),
        };
        self.rows = Rows { binary, answers, ..Rows::default() };
        // MariaDB may leave out what it said when the statement was prepared.
        let known = match shared.pending.front() {
            Some(Pending::Execute(_, number)) if input.u8() == Some(0) => {
                shared.prepared.get(number).and_then(|prepared| prepared.columns.clone())
            }
            _ => None,
        };
        self.expect = match known {
            Some(columns) => {
                self.rows.columns = columns;
                Expect::Rows
            }
            None => Expect::Definitions(count, Of::Rows, Vec::new()),
        };
    }

    /// A packet that is no row: the end of the definitions, or of the rows.
    fn end_of_rows(&mut self, kept: &[u8], length: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let mut input = Input::new(kept);
        input.u8();
        let classic = length == 5;
        let status = if classic { input.u32_le().map_or(0, |both| (both >> 16) as u16) } else { ok_status(&mut input) };
        // Without rows before it, a short one may only end the definitions.
        if classic && self.rows.id.is_none() && !shared.has(capability::DEPRECATE_EOF) && !self.rows.whole {
            self.rows.whole = true;
            // A cursor was opened: rows are fetched later.
            if status & 0x40 != 0 {
                shared.pending.pop_front();
                return;
            }
            self.expect = Expect::Rows;
            return;
        }
        self.end_rows(sink);
        self.next_result(status, shared);
    }

    fn next_result(&mut self, status: u16, shared: &mut Shared) {
        self.expect = Expect::Answer;
        match shared.pending.front_mut() {
            Some(Pending::Query(_, statements)) if status & MORE != 0 => {
                statements.pop_front();
            }
            Some(Pending::Execute(..)) if status & MORE != 0 => {}
            _ => {
                shared.pending.pop_front();
            }
        }
    }

    /// Its text may repeat values (`Duplicate entry '…' for key`).
    fn error(&mut self, kept: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let answers = match shared.pending.front() {
            Some(Pending::Query(id, _) | Pending::Execute(id, _)) => Some(*id),
            _ => None,
        };
        let text = kept.get(3..).unwrap_or_default();
        let text = if text.first() == Some(&b'#') { text.get(6..).unwrap_or_default() } else { text };
        let id = shared.next.take();
        let code = Input::new(kept.get(1..).unwrap_or_default()).u16_le();
        let mut head = shared.head(Side::Server, "error", "", answers);
        head.status = code;
        sink.begin(id, &head);
        sink.value(id, Place::Text, text, true);
        sink.end(id, true);
        self.rows.whole = false;
    }

    /// Something was missed; `within` one packet.
    pub(super) fn gap(&mut self, within: bool, sink: &mut dyn Sink) {
        self.rows.whole = false;
        self.cut_row(sink);
        if !within {
            if let Some(id) = self.rows.id.take() {
                sink.end(id, false);
            }
            self.expect = Expect::Answer;
        }
    }

    pub(super) fn finish(&mut self, sink: &mut dyn Sink) {
        self.gap(false, sink);
    }

    pub(super) fn held(&self) -> usize {
        let content = match &self.content {
            Content::Kept(kept, _) => kept.capacity(),
            Content::Row(row) => row.hold.held(),
            Content::Skip | Content::First(_) => 0,
        };
        content + self.rows.columns.len() * 96
    }
}

/// The status within what says that all went well.
fn ok_status(input: &mut Input<'_>) -> u16 {
    length(input);
    length(input);
    input.u16_le().unwrap_or_default()
}
