//! A file that the client sends: `LOAD DATA LOCAL INFILE`.

use super::shared::{Pending, Shared};
use crate::sql::{Rows, Said};
use crate::{MessageId, Place, Side, Sink};

/// Rows that come from the client.
#[derive(Debug)]
pub(super) struct Infile {
    id: MessageId,
    table: String,
    columns: Vec<String>,
    rows: Rows,
}

impl Infile {
    pub(super) fn begin(shared: &mut Shared, sink: &mut dyn Sink) -> Infile {
        let id = shared.next.take();
        let (statement, answers) = match shared.pending.front() {
            Some(Pending::Query(id, statements)) => (statements.front().cloned().unwrap_or_default(), Some(*id)),
            _ => Default::default(),
        };
        sink.begin(id, &shared.head(Side::Client, "LOAD", &statement.table, answers));
        Infile { id, table: statement.table, columns: statement.columns, rows: Rows::new(statement.layout) }
    }

    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let Infile { id, table, columns, rows } = self;
        rows.push(bytes, &mut |rows, said| say(rows, said, *id, table, columns, sink));
    }

    pub(super) fn finish(mut self, whole: bool, sink: &mut dyn Sink) {
        let Infile { id, table, columns, rows } = &mut self;
        rows.finish(&mut |rows, said| say(rows, said, *id, table, columns, sink));
        sink.end(self.id, whole);
    }

    pub(super) fn held(&self) -> usize {
        self.rows.held() + self.columns.len() * 32
    }
}

fn say(rows: &Rows, said: Said<'_>, id: MessageId, table: &str, columns: &[String], sink: &mut dyn Sink) {
    match said {
        Said::Value(index, bytes, last) => {
            let name = columns.get(index).map(String::as_str).or_else(|| rows.name(index)).unwrap_or_default();
            sink.value(id, Place::Column { table, name }, bytes, last);
        }
        Said::Row => sink.record(id),
    }
}
