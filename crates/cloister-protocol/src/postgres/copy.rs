//! Rows that are copied in or out.

use super::shared::{Shared, tell};
use super::types::Decoder;
use crate::sql::{Layout, Rows, Said};
use crate::{Head, MessageId, Place, Protocol, Side, Sink};

/// A copy that runs.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) side: Side,
    id: MessageId,
    table: Box<str>,
    columns: Vec<String>,
    kinds: Vec<u32>,
    rows: Option<Rows>,
    decoder: Decoder,
    /// A value is open.
    open: Option<usize>,
    whole: bool,
}

impl Copy {
    /// Begins; `binary` as the server says, `None` where what is copied are no rows (replication).
    pub(super) fn begin(side: Side, binary: Option<bool>, shared: &mut Shared, sink: &mut dyn Sink) -> Copy {
        let id = shared.next.take();
        let (statement, answers) = shared.current();
        let (table, columns, layout) = match statement {
            Some(statement) => (statement.table.as_str(), statement.columns.clone(), statement.layout.clone()),
            None => ("", Vec::new(), Layout::default()),
        };
        let kinds = columns.iter().map(|name| shared.kind(table, name)).collect();
        sink.begin(
            id,
            &Head {
                side,
                protocol: Protocol::Postgres,
                operation: "COPY",
                target: table,
                host: &shared.database,
                answers,
                status: None,
            },
        );
        let rows = binary.map(|binary| Rows::new(Layout { binary, ..layout }));
        let decoder = Decoder::default();
        Copy { side, id, table: table.into(), columns, kinds, rows, decoder, open: None, whole: true }
    }

    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        let Copy { id, table, columns, kinds, rows, decoder, open, .. } = self;
        let Some(rows) = rows else {
            sink.value(*id, Place::Text, bytes, false);
            self.open = Some(0);
            return;
        };
        rows.push(bytes, &mut |rows, said| say(rows, said, *id, (table, columns, kinds), decoder, open, sink));
    }

    /// Something of it was missed.
    pub(super) fn gap(&mut self) {
        self.whole = false;
    }

    pub(super) fn finish(mut self, sink: &mut dyn Sink) {
        let Copy { id, table, columns, kinds, rows, decoder, open, .. } = &mut self;
        match rows {
            Some(rows) => {
                rows.finish(&mut |rows, said| say(rows, said, *id, (table, columns, kinds), decoder, open, sink));
            }
            None if open.is_some() => sink.value(*id, Place::Text, b"", true),
            None => {}
        }
        sink.end(self.id, self.whole);
    }

    pub(super) fn held(&self) -> usize {
        self.rows.as_ref().map_or(0, Rows::held) + self.decoder.held() + self.columns.len() * 32
    }
}

fn say(
    rows: &Rows,
    said: Said<'_>,
    id: MessageId,
    (table, columns, kinds): (&str, &[String], &[u32]),
    decoder: &mut Decoder,
    open: &mut Option<usize>,
    sink: &mut dyn Sink,
) {
    match said {
        Said::Value(index, bytes, last) => {
            let name = columns.get(index).map(String::as_str).or_else(|| rows.name(index)).unwrap_or_default();
            if *open != Some(index) {
                *decoder = Decoder::new(kinds.get(index).copied().unwrap_or_default(), rows.is_binary());
            }
            *open = if last { None } else { Some(index) };
            tell(decoder, bytes, last, id, Place::Column { table, name }, sink);
        }
        Said::Row => sink.record(id),
    }
}
