//! What the server says.

use std::sync::Arc;

use super::client::{Sought, seek};
use super::copy::Copy;
use super::server_head;
use super::shared::{Column, Forms, Pending, Phase, Shared, tell};
use super::types::Decoder;
use crate::input::{Hold, Input, Step, Within};
use crate::sql::{NAME, NAMES};
use crate::{Head, MessageId, Place, Progress, Protocol, Side, Sink, Trouble};

/// What comes next. The numbers are what is left of the message.
#[derive(Debug, Default)]
enum State {
    #[default]
    Head,
    Whole(u8, u64),
    /// Descriptions of columns, so many more.
    Columns(u64, u16, Vec<Column>),
    Row(u64),
    /// The column that comes, and how many there are.
    Length(u64, u16, u16),
    Value(u64, u64, u16, u16),
    CopyData(u64),
    Skip(u64),
    Seek(usize),
}

/// Rows that are told.
#[derive(Debug)]
struct Rows {
    id: MessageId,
    columns: Option<Arc<[Column]>>,
    forms: Forms,
    whole: bool,
}

impl Rows {
    fn column(&self, index: u16) -> Option<&Column> {
        self.columns.as_ref()?.get(usize::from(index))
    }

    fn place(&self, index: u16) -> Place<'_> {
        let column = self.column(index);
        Place::Column {
            table: column.map_or("", |column| &column.table),
            name: column.map_or("", |column| &column.name),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Server {
    hold: Hold,
    state: State,
    rows: Option<Rows>,
    /// Columns of the rows of a simple query.
    described: Option<Arc<[Column]>>,
    decoder: Decoder,
}

impl Server {
    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        let most = shared.limits.head;
        let progress = hold.feed(bytes, most, |input| self.step(input, shared, sink));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match std::mem::take(&mut self.state) {
            State::Head if matches!(shared.phase, Phase::AskedTls | Phase::AskedGss) => asked(input, shared),
            State::Head => self.head(input, shared, sink),
            State::Whole(kind, left) => {
                let Some(body) = usize::try_from(left).ok().and_then(|left| input.take(left)) else {
                    self.state = State::Whole(kind, left);
                    return Step::Wait;
                };
                self.whole(kind, body, shared, sink);
                Step::Again
            }
            State::Columns(left, count, columns) => self.columns(input, left, count, columns, shared, sink),
            State::Row(mut left) => match input.within(&mut left, Input::u16) {
                Within::Got(count) => {
                    self.begin_rows(shared, sink);
                    self.state = State::Length(left, 0, count);
                    Step::Again
                }
                within => self.short(within, State::Row(left), left, sink),
            },
            State::Length(left, index, count) => self.length(input, left, index, count, sink),
            State::Value(left, value, index, count) => self.value(input, left, value, (index, count), sink),
            State::CopyData(left) => {
                let bytes = input.some(left);
                if let Some(copy) = shared.copy.as_mut().filter(|copy| copy.side == Side::Server) {
                    copy.push(bytes, sink);
                }
                let left = left - bytes.len() as u64;
                self.state = if left == 0 { State::Head } else { State::CopyData(left) };
                if left == 0 { Step::Again } else { Step::Wait }
            }
            State::Skip(left) => {
                let left = left - input.some(left).len() as u64;
                self.state = if left == 0 { State::Head } else { State::Skip(left) };
                if left == 0 { Step::Again } else { Step::Wait }
            }
            State::Seek(seen) => {
                match seek(input, seen, server_head) {
                    Sought::Found => self.state = State::Head,
                    Sought::Wait => {
                        self.state = State::Seek(seen);
                        return Step::Wait;
                    }
                    Sought::Nothing(seen) => self.state = State::Seek(seen),
                    Sought::Never => return Step::Strange,
                }
                Step::Again
            }
        }
    }

    fn short<T>(&mut self, within: Within<T>, wait: State, left: u64, sink: &mut dyn Sink) -> Step {
        if matches!(within, Within::Wait) {
            self.state = wait;
            return Step::Wait;
        }
        sink.trouble(Protocol::Postgres, Trouble::Malformed);
        if let Some(rows) = &mut self.rows {
            rows.whole = false;
        }
        self.state = State::Skip(left);
        Step::Again
    }

    fn head(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let mut look = *input;
        let (Some(kind), Some(length)) = (look.u8(), look.u32()) else { return Step::Wait };
        if shared.phase == Phase::Opening {
            shared.phase = Phase::Running;
            self.state = State::Seek(0);
            return Step::Again;
        }
        let left = length.checked_sub(4).map(u64::from);
        let Some(left) = left.filter(|_| kind.is_ascii_alphanumeric()) else {
            sink.trouble(Protocol::Postgres, Trouble::Malformed);
            self.state = State::Seek(0);
            return Step::Again;
        };
        *input = look;
        self.state = match kind {
            b'D' => State::Row(left),
            b'd' => State::CopyData(left),
            b'T' => State::Columns(left, u16::MAX, Vec::new()),
            b'S' | b'K' | b'v' => State::Skip(left),
            _ if left < shared.limits.head as u64 => State::Whole(kind, left),
            _ => {
                sink.trouble(Protocol::Postgres, Trouble::TooLarge);
                State::Skip(left)
            }
        };
        Step::Again
    }

    fn columns(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        count: u16,
        mut columns: Vec<Column>,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        if count == u16::MAX && columns.is_empty() {
            return match input.within(&mut left, Input::u16) {
                Within::Got(count) => {
                    self.state = State::Columns(left, count.min(u16::MAX - 1), columns);
                    Step::Again
                }
                within => self.short(within, State::Columns(left, count, columns), left, sink),
            };
        }
        if usize::from(count) <= columns.len() {
            self.state = State::Skip(left);
            self.describe(columns, shared);
            return Step::Again;
        }
        let within = input.within(&mut left, |part| {
            let name = part.until(0)?;
            let table = part.u32()?;
            part.take(2)?;
            let oid = part.u32()?;
            part.take(6)?;
            Some((name, table, oid, part.u16()?))
        });
        let Within::Got((name, table, oid, form)) = within else {
            return self.short(within, State::Columns(left, count, columns), left, sink);
        };
        if columns.len() >= NAMES {
            sink.trouble(Protocol::Postgres, Trouble::TooLarge);
            self.state = State::Skip(left);
            return Step::Again;
        }
        let only = match shared.pending.iter().find(|next| matches!(next, Pending::Query(..) | Pending::Describe(_))) {
            Some(Pending::Query(_, statements)) => statements.front().map(|statement| statement.table.clone()),
            Some(Pending::Describe(number)) => shared.prepared(*number).map(|known| known.statement.table.clone()),
            _ => None,
        };
        let name = String::from_utf8_lossy(name.get(..name.len().min(NAME)).unwrap_or_default());
        let table = shared.table(table, &only.unwrap_or_default());
        let column = Column { table, name: name.into(), oid, binary: form == 1 };
        shared.remember_kind(&column);
        columns.push(column);
        self.state = State::Columns(left, count, columns);
        Step::Again
    }

    /// The columns of what comes, or of what was prepared.
    fn describe(&mut self, columns: Vec<Column>, shared: &mut Shared) {
        let columns: Arc<[Column]> = columns.into();
        if !shared.skip_to(|next| matches!(next, Pending::Query(..) | Pending::Describe(_))) {
            self.described = Some(columns);
            return;
        }
        match shared.pending.front() {
            Some(Pending::Describe(number)) => {
                let number = *number;
                shared.pending.pop_front();
                if let Some(prepared) = shared.prepared_mut(number) {
                    prepared.columns = Some(columns);
                }
            }
            _ => self.described = Some(columns),
        }
    }

    fn begin_rows(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if self.rows.is_some() {
            return;
        }
        let id = shared.next.take();
        let running = shared.pending.iter().find(|next| matches!(next, Pending::Query(..) | Pending::Execute(_)));
        let (columns, forms) = match running {
            Some(Pending::Execute(portal)) => {
                let prepared = shared.prepared(portal.prepared);
                (prepared.and_then(|prepared| prepared.columns.clone()), portal.forms.clone())
            }
            _ => (self.described.clone(), Forms::Described),
        };
        let (statement, answers) = shared.current();
        let table = statement.map_or("", |statement| &statement.table);
        let target = if table.is_empty() { columns.as_ref().map_or("", |columns| common(columns)) } else { table };
        sink.begin(id, &head("rows", target, answers, shared));
        self.rows = Some(Rows { id, columns, forms, whole: true });
    }

    fn length(&mut self, input: &mut Input<'_>, mut left: u64, index: u16, count: u16, sink: &mut dyn Sink) -> Step {
        let Some(rows) = &mut self.rows else {
            self.state = State::Skip(left);
            return Step::Again;
        };
        if index >= count {
            sink.record(rows.id);
            self.state = State::Skip(left);
            return Step::Again;
        }
        let within = input.within(&mut left, Input::i32);
        let Within::Got(length) = within else {
            return self.short(within, State::Length(left, index, count), left, sink);
        };
        self.state = match u64::try_from(length) {
            Err(_) => State::Length(left, index + 1, count),
            Ok(length) if length > left => {
                rows.whole = false;
                sink.trouble(Protocol::Postgres, Trouble::Malformed);
                State::Skip(left)
            }
            Ok(length) => {
                let (oid, described) = rows.column(index).map_or((0, false), |column| (column.oid, column.binary));
                self.decoder = Decoder::new(oid, rows.forms.binary(index.into(), described));
                State::Value(left, length, index, count)
            }
        };
        Step::Again
    }

    fn value(
        &mut self,
        input: &mut Input<'_>,
        left: u64,
        value: u64,
        (index, count): (u16, u16),
        sink: &mut dyn Sink,
    ) -> Step {
        let bytes = input.some(value);
        let (left, value) = (left - bytes.len() as u64, value - bytes.len() as u64);
        if bytes.is_empty() && value > 0 {
            self.state = State::Value(left, value, index, count);
            return Step::Wait;
        }
        if let Some(rows) = &self.rows {
            tell(&mut self.decoder, bytes, value == 0, rows.id, rows.place(index), sink);
        }
        self.state = match value {
            0 => State::Length(left, index + 1, count),
            _ => State::Value(left, value, index, count),
        };
        Step::Again
    }

    fn whole(&mut self, kind: u8, body: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let mut input = Input::new(body);
        match kind {
            b'R' => shared.password = input.u32() == Some(3),
            b'1' => shared.answered(|next| matches!(next, Pending::Parse)),
            b'2' => shared.answered(|next| matches!(next, Pending::Bind)),
            b'3' => shared.answered(|next| matches!(next, Pending::Close)),
            b'n' => shared.answered(|next| matches!(next, Pending::Describe(_))),
            b't' => parameters(&mut input, shared),
            b'C' | b's' | b'I' => self.complete(shared, sink),
            b'Z' => {
                self.end_rows(true, sink);
                self.described = None;
                shared.answered(|next| matches!(next, Pending::Query(..) | Pending::Sync));
            }
            b'E' | b'N' => self.error(kind, input, shared, sink),
            b'A' => notification(&mut input, shared, sink),
            b'G' | b'H' | b'W' => {
                let binary = (kind != b'W').then_some(input.u8() == Some(1));
                let side = if kind == b'G' { Side::Client } else { Side::Server };
                self.end_copy(shared, sink);
                shared.copy = Some(Copy::begin(side, binary, shared, sink));
            }
            b'c' => self.end_copy(shared, sink),
            b'V' => {
                let id = shared.next.take();
                sink.begin(id, &head("result", "", None, shared));
                sink.value(id, Place::Text, body.get(4..).unwrap_or_default(), true);
                sink.end(id, true);
            }
            _ => {}
        }
    }

    fn complete(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.end_rows(true, sink);
        self.end_copy(shared, sink);
        self.described = None;
        if shared.skip_to(|next| matches!(next, Pending::Query(..) | Pending::Execute(_))) {
            if let Some(Pending::Query(_, statements)) = shared.pending.front_mut() {
                statements.pop_front();
            } else {
                shared.pending.pop_front();
            }
        }
    }

    /// Their texts may repeat values (`Key (email)=(…) already exists`).
    fn error(&mut self, kind: u8, mut input: Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) {
        let id = shared.next.take();
        let (_, answers) = shared.current();
        sink.begin(id, &head(if kind == b'E' { "error" } else { "notice" }, "", answers, shared));
        while let Some(field) = input.u8().filter(|field| *field != 0) {
            let Some(text) = input.until(0) else { break };
            match field {
                b'M' | b'D' | b'H' | b'W' => sink.value(id, Place::Text, text, true),
                b'q' => sink.value(id, Place::Statement, text, true),
                _ => {}
            }
        }
        sink.end(id, true);
        if kind == b'E' {
            self.end_rows(false, sink);
            self.end_copy(shared, sink);
            let until = |next: &Pending| matches!(next, Pending::Query(..) | Pending::Sync);
            if !shared.skip_to(until) {
                shared.pending.clear();
            }
        }
    }

    fn end_rows(&mut self, whole: bool, sink: &mut dyn Sink) {
        if let Some(rows) = self.rows.take() {
            if self.decoder.cut_short() {
                // The table and name of the last piece are those of the open value.
                if let State::Value(_, _, index, _) = self.state {
                    sink.value(rows.id, rows.place(index), b"", true);
                }
            }
            sink.end(rows.id, whole && rows.whole);
        }
    }

    fn end_copy(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if let Some(copy) = shared.copy.take() {
            copy.finish(sink);
        }
    }

    fn left(&self) -> Option<u64> {
        match &self.state {
            State::Seek(_) => None,
            State::Head => Some(0),
            State::Whole(_, left)
            | State::Columns(left, ..)
            | State::Row(left)
            | State::Length(left, ..)
            | State::Value(left, ..)
            | State::CopyData(left)
            | State::Skip(left) => Some(*left),
        }
    }

    pub(super) fn lost(&mut self, bytes: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        let rest = self.left().and_then(|left| left.checked_sub(missing)).filter(|left| *left > 0);
        if let Some(copy) = shared.copy.as_mut().filter(|copy| copy.side == Side::Server) {
            copy.gap();
        }
        if let (Some(rows), State::Value(_, _, index, _)) = (&mut self.rows, &self.state)
            && self.decoder.cut_short()
        {
            sink.value(rows.id, rows.place(*index), b"", true);
        }
        if let Some(rows) = &mut self.rows {
            rows.whole = false;
        }
        self.state = rest.map_or(State::Seek(0), State::Skip);
    }

    pub(super) fn finish(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.end_rows(false, sink);
        self.hold.forget();
        if let Some(mut copy) = shared.copy.take_if(|copy| copy.side == Side::Server) {
            copy.gap();
            copy.finish(sink);
        }
        self.state = State::Head;
    }

    pub(super) fn held(&self) -> usize {
        let columns = self.described.as_ref().map_or(0, |columns| columns.len() * 96);
        self.hold.held() + self.decoder.held() + columns
    }
}

/// The letter that answers a request for encryption.
fn asked(input: &mut Input<'_>, shared: &mut Shared) -> Step {
    let Some(letter) = input.rest().first() else { return Step::Wait };
    let phase = std::mem::replace(&mut shared.phase, Phase::Opening);
    match letter {
        b'S' | b'G' => {
            input.some(1);
            Step::Becomes(if phase == Phase::AskedTls { Protocol::Tls } else { Protocol::Unknown })
        }
        b'N' => {
            input.some(1);
            Step::Again
        }
        // An error, as a message: old servers answer so.
        _ => {
            shared.phase = Phase::Running;
            Step::Again
        }
    }
}

/// The types of the parameters of what was prepared.
fn parameters(input: &mut Input<'_>, shared: &mut Shared) {
    if !shared.skip_to(|next| matches!(next, Pending::Describe(_))) {
        return;
    }
    let Some(Pending::Describe(number)) = shared.pending.front() else { return };
    let number = *number;
    let count = input.u16().unwrap_or_default();
    if let Some(prepared) = shared.prepared_mut(number) {
        prepared.types = (0..count).map_while(|_| input.u32()).collect();
    }
}

fn notification(input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) {
    input.take(4);
    let channel = String::from_utf8_lossy(input.until(0).unwrap_or_default()).into_owned();
    let id = shared.next.take();
    sink.begin(id, &head("notification", &channel, None, shared));
    sink.value(id, Place::Text, input.until(0).unwrap_or_default(), true);
    sink.end(id, true);
}

/// The table that all columns have.
fn common(columns: &[Column]) -> &str {
    let first = columns.first().map_or("", |column| &column.table);
    if columns.iter().all(|column| *column.table == *first) { first } else { "" }
}

fn head<'a>(operation: &'a str, target: &'a str, answers: Option<MessageId>, shared: &'a Shared) -> Head<'a> {
    Head {
        side: Side::Server,
        protocol: Protocol::Postgres,
        operation,
        target,
        host: &shared.database,
        answers,
        status: None,
    }
}
