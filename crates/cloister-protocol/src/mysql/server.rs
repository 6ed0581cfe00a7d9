//! What the server says.

use std::sync::Arc;

use super::client::{name, prepared};
use super::infile::Infile;
use super::login;
use super::packets::{Part, Wish};
use super::shared::{Column, Pending, Phase, Shared, capability};
use super::values::{Value, length, text, value};
use crate::input::{Hold, Input, Step};
use crate::sql::NAMES;
use crate::{MessageId, Place, Protocol, Side, Sink, Trouble};

/// What definitions of columns are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Rows,
    Parameters(u16),
    Prepared,
}

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

/// A row.
#[derive(Debug, Default)]
struct Row {
    hold: Hold,
    /// Which values are none, in binary form.
    nulls: Option<Vec<u8>>,
    index: usize,
    left: Option<u64>,
}

/// Rows that come.
#[derive(Debug, Default)]
struct Rows {
    binary: bool,
    columns: Arc<[Column]>,
    id: Option<MessageId>,
    answers: Option<MessageId>,
    whole: bool,
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

    fn cut_row(&mut self, sink: &mut dyn Sink) {
        if let (Content::Row(row), Some(id)) = (std::mem::take(&mut self.content), self.rows.id)
            && row.left.is_some()
        {
            sink.value(id, self.rows.place(row.index), b"", true);
        }
    }

    fn end_row(&mut self, row: Row, sink: &mut dyn Sink) {
        let Some(id) = self.rows.id else { return };
        if row.left.is_some() {
            sink.value(id, self.rows.place(row.index), b"", true);
        }
        if row.left.is_some() || row.index < self.rows.columns.len() {
            sink.trouble(Protocol::Mysql, Trouble::Malformed);
            self.rows.whole = false;
        }
        sink.record(id);
    }

    fn begin_rows(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if self.rows.id.is_some() {
            return;
        }
        let id = shared.next.take();
        let table = common(&self.rows.columns);
        sink.begin(id, &shared.head(Side::Server, "rows", table, self.rows.answers));
        self.rows.id = Some(id);
        self.rows.whole = true;
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

    fn definition(
        &mut self,
        kept: &[u8],
        length: u64,
        (left, of, mut columns): (u64, Of, Vec<Column>),
        shared: &mut Shared,
    ) {
        if kept.first() == Some(&0xfe) && length < 0xff_ffff {
            // The end of definitions, told where that is not deprecated.
            if left == u64::MAX {
                shared.pending.pop_front();
                return;
            }
            self.expect = Expect::Definitions(left, of, columns);
            return;
        }
        columns.push(column(kept));
        let left = if left == u64::MAX { left } else { left - 1 };
        if left == u64::MAX {
            // Lists of fields are not told.
            columns.clear();
        }
        if left > 0 {
            self.expect = Expect::Definitions(left, of, columns);
            return;
        }
        match of {
            Of::Rows => {
                self.rows.columns = columns.into();
                if let Some(Pending::Execute(_, number)) = shared.pending.front() {
                    let number = *number;
                    if let Some(prepared) = shared.prepared.get_mut(&number) {
                        prepared.columns = Some(Arc::clone(&self.rows.columns));
                    }
                }
                self.expect = Expect::Rows;
            }
            Of::Parameters(0) => {
                shared.pending.pop_front();
            }
            Of::Parameters(columns) => {
                self.expect = Expect::Definitions(columns.into(), Of::Prepared, Vec::new());
            }
            Of::Prepared => {
                let last = shared.last;
                if let Some(prepared) = shared.prepared.get_mut(&last) {
                    prepared.columns = Some(columns.into());
                }
                shared.pending.pop_front();
            }
        }
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

    fn end_rows(&mut self, sink: &mut dyn Sink) {
        let whole = self.rows.whole;
        if let Some(id) = self.rows.id.take() {
            sink.end(id, whole);
        }
        let columns = std::mem::take(&mut self.rows.columns);
        // A cursor that is fetched from has the same columns.
        self.rows = Rows { columns, ..Rows::default() };
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

impl Rows {
    fn place(&self, index: usize) -> Place<'_> {
        let column = self.columns.get(index);
        Place::Column {
            table: column.map_or("", |column| &column.table),
            name: column.map_or("", |column| &column.name),
        }
    }
}

impl Row {
    fn step(&mut self, input: &mut Input<'_>, rows: &Rows, sink: &mut dyn Sink) -> Step {
        let Some(id) = rows.id else { return Step::Strange };
        if let Some(left) = self.left {
            let bytes = input.some(left);
            let left = left - bytes.len() as u64;
            if bytes.is_empty() && left > 0 {
                return Step::Wait;
            }
            sink.value(id, rows.place(self.index), bytes, left == 0);
            self.left = (left > 0).then_some(left);
            self.index += usize::from(left == 0);
            return Step::Again;
        }
        if rows.binary && self.nulls.is_none() {
            let Some(head) = input.take(1 + (rows.columns.len() + 9) / 8) else { return Step::Wait };
            self.nulls = Some(head.get(1..).unwrap_or_default().to_vec());
            return Step::Again;
        }
        let Some(column) = rows.columns.get(self.index) else {
            // More than was announced.
            return if input.len() > 0 { Step::Strange } else { Step::Wait };
        };
        let value = match &self.nulls {
            // Two bits are reserved.
            Some(nulls)
                if nulls.get((self.index + 2) / 8).is_some_and(|byte| byte >> ((self.index + 2) % 8) & 1 == 1) =>
            {
                Some(Value::Null)
            }
            Some(_) => value(column.kind, column.unsigned, input),
            None => length(input).map(|length| length.map_or(Value::Null, Value::Long)),
        };
        match value {
            None => return Step::Wait,
            Some(Value::Null) => self.index += 1,
            Some(Value::Words(words)) => {
                sink.value(id, rows.place(self.index), words.as_bytes(), true);
                self.index += 1;
            }
            Some(Value::Long(length)) => self.left = Some(length),
        }
        Step::Again
    }
}

/// A definition of a column: its table and name as they are, or as the statement calls them.
fn column(kept: &[u8]) -> Column {
    let mut input = Input::new(kept);
    let mut next = || text(&mut input).unwrap_or_default();
    let [_, _, alias, table, called, own] = [next(), next(), next(), next(), next(), next()];
    // Others may stand between the names and what has a fixed length.
    let fixed = kept.len().checked_sub(12).and_then(|at| kept.get(at..)).unwrap_or_default();
    let mut fixed = Input::new(fixed);
    fixed.take(6);
    let kind = fixed.u8().unwrap_or_default();
    let flags = fixed.u16_le().unwrap_or_default();
    Column {
        table: name(if table.is_empty() { alias } else { table }),
        name: name(if own.is_empty() { called } else { own }),
        kind,
        unsigned: flags & 0x20 != 0,
    }
}

/// The table that all columns have.
fn common(columns: &[Column]) -> &str {
    let first = columns.first().map_or("", |column| &column.table);
    if columns.iter().all(|column| *column.table == *first) { first } else { "" }
}

/// The status within what says that all went well.
fn ok_status(input: &mut Input<'_>) -> u16 {
    length(input);
    length(input);
    input.u16_le().unwrap_or_default()
}
