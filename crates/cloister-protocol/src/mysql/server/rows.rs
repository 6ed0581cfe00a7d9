//! Rows, value by value, in text and in binary form.

use std::sync::Arc;

use super::{Content, Server};
use crate::input::{Hold, Input, Step};
use crate::mysql::shared::{Column, Shared};
use crate::mysql::values::{Value, length, value};
use crate::{MessageId, Place, Protocol, Side, Sink, Trouble};

/// A row.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) hold: Hold,
    /// Which values are none, in binary form.
    pub(super) nulls: Option<Vec<u8>>,
    pub(super) index: usize,
    pub(super) left: Option<u64>,
}

/// Rows that come.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) binary: bool,
    pub(super) columns: Arc<[Column]>,
    pub(super) id: Option<MessageId>,
    pub(super) answers: Option<MessageId>,
    pub(super) whole: bool,
}

impl Server {
    pub(super) fn cut_row(&mut self, sink: &mut dyn Sink) {
        if let (Content::Row(row), Some(id)) = (std::mem::take(&mut self.content), self.rows.id)
            && row.left.is_some()
        {
            sink.value(id, self.rows.place(row.index), b"", true);
        }
    }

    pub(super) fn end_row(&mut self, row: Row, sink: &mut dyn Sink) {
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

    pub(super) fn begin_rows(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if self.rows.id.is_some() {
            return;
        }
        let id = shared.next.take();
        let table = common(&self.rows.columns);
        sink.begin(id, &shared.head(Side::Server, "rows", table, self.rows.answers));
        self.rows.id = Some(id);
        self.rows.whole = true;
    }

    pub(super) fn end_rows(&mut self, sink: &mut dyn Sink) {
        let whole = self.rows.whole;
        if let Some(id) = self.rows.id.take() {
            sink.end(id, whole);
        }
        let columns = std::mem::take(&mut self.rows.columns);
        // A cursor that is fetched from has the same columns.
        self.rows = Rows { columns, ..Rows::default() };
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
    pub(super) fn step(&mut self, input: &mut Input<'_>, rows: &Rows, sink: &mut dyn Sink) -> Step {
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

/// The table that all columns have.
fn common(columns: &[Column]) -> &str {
    let first = columns.first().map_or("", |column| &column.table);
    if columns.iter().all(|column| *column.table == *first) { first } else { "" }
}
