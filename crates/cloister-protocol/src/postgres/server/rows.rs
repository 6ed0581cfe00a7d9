//! Rows, value by value.

use std::sync::Arc;

use super::{Server, State, head};
use crate::input::{Input, Step, Within};
use crate::postgres::framing::Framing;
use crate::postgres::shared::{Column, Forms, Pending, Shared, tell};
use crate::postgres::types::Decoder;
use crate::{MessageId, Place, Protocol, Sink, Trouble};

/// Rows that are told.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) id: MessageId,
    columns: Option<Arc<[Column]>>,
    forms: Forms,
    pub(super) whole: bool,
}

impl Rows {
    fn column(&self, index: u16) -> Option<&Column> {
        self.columns.as_ref()?.get(usize::from(index))
    }

    pub(super) fn place(&self, index: u16) -> Place<'_> {
        let column = self.column(index);
        Place::Column {
            table: column.map_or("", |column| &column.table),
            name: column.map_or("", |column| &column.name),
        }
    }
}

impl Server {
    pub(super) fn begin_rows(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
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

    pub(super) fn length(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        index: u16,
        count: u16,
        sink: &mut dyn Sink,
    ) -> Step {
        let Some(rows) = &mut self.rows else {
            self.state = State::Framed(Framing::Skip(left));
            return Step::Again;
        };
        if index >= count {
            sink.record(rows.id);
            self.state = State::Framed(Framing::Skip(left));
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
                State::Framed(Framing::Skip(left))
            }
            Ok(length) => {
                let (oid, described) = rows.column(index).map_or((0, false), |column| (column.oid, column.binary));
                self.decoder = Decoder::new(oid, rows.forms.binary(index.into(), described));
                State::Value(left, length, index, count)
            }
        };
        Step::Again
    }

    pub(super) fn value(
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

    pub(super) fn end_rows(&mut self, whole: bool, sink: &mut dyn Sink) {
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
}

/// The table that all columns have.
fn common(columns: &[Column]) -> &str {
    let first = columns.first().map_or("", |column| &column.table);
    if columns.iter().all(|column| *column.table == *first) { first } else { "" }
}
