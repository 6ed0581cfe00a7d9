//! Versioned documents in SQL.

use jiff::Timestamp;

use super::engine::numbers;
use super::filter::{Filter, one};
use super::{Database, Engine, Row, Tx, Value};
use crate::{Cursor, Document, DocumentFilter, Documents, Draft, Kind, Page, Paging, Put, Result};

const DOCUMENT: &str = "SELECT id, version, above, changed, state, namespace, due, body FROM documents";

impl<E: Engine> Documents for Database<E> {
    fn put(&self, draft: &Draft, over: u64, now: Timestamp) -> Result<Put> {
        self.engine.write(&["documents", draft.kind.as_str(), &draft.id], |tx| {
            match stored(tx, draft.kind, &draft.id)? {
                Some((above, document)) if document.version != over => {
                    let same = above == over && document.draft == *draft;
                    Ok(if same { Put::Kept(document.version) } else { Put::Conflict(Some(Box::new(document))) })
                }
                None if over != 0 => Ok(Put::Conflict(None)),
                _ => write(tx, draft, over, now).map(Put::Kept),
            }
        })
    }

    fn document(&self, kind: Kind, id: &str) -> Result<Option<Document>> {
        self.engine.read(|tx| Ok(stored(tx, kind, id)?.map(|(_, document)| document)))
    }

    fn documents(&self, filter: &DocumentFilter, page: &Paging) -> Result<Page<Document>> {
        let mut wanted = Filter::default();
        wanted.and("kind = ?", &[Value::Text(filter.kind.as_str())]);
        wanted.text("state = ?", filter.state.as_deref());
        wanted.one_of("namespace", filter.namespaces.as_deref());
        wanted.int("due < ?", filter.due_before.map(Timestamp::as_microsecond));
        wanted.text("id > ?", page.after.as_ref().map(|cursor| cursor.0.as_str()));
        let cursor = |document: &Document| Cursor(document.draft.id.clone());
        let read = |row: &dyn Row| read(row, filter.kind).map(|(_, document)| document);
        self.engine.read(|tx| wanted.page(tx, (DOCUMENT, "id"), page, read, cursor))
    }

    fn newest(&self, kind: Kind) -> Result<u64> {
        let sql = "SELECT max(version) FROM documents WHERE kind = $1";
        let read = |row: &dyn Row| row.int_or_none(0)?.map_or(Ok(0), |_| row.number(0));
        self.engine.read(|tx| Ok(one(tx, sql, &[Value::Text(kind.as_str())], read)?.unwrap_or(0)))
    }

    fn remove(&self, kind: Kind, id: &str, version: u64) -> Result<bool> {
        self.engine.write(&["documents", kind.as_str(), id], |tx| match stored(tx, kind, id)? {
            Some((_, document)) if document.version != version => Ok(false),
            Some(_) => {
                let key = [Value::Text(kind.as_str()), Value::Text(id)];
                tx.run("DELETE FROM documents WHERE kind = $1 AND id = $2", &key)?;
                Ok(true)
            }
            None => Ok(true),
        })
    }
}

fn stored(tx: &mut dyn Tx, kind: Kind, id: &str) -> Result<Option<(u64, Document)>> {
    let sql = format!("{DOCUMENT} WHERE kind = $1 AND id = $2");
    one(tx, &sql, &[Value::Text(kind.as_str()), Value::Text(id)], |row| read(row, kind))
}

/// The version that it was put over, and the document.
fn read(row: &dyn Row, kind: Kind) -> Result<(u64, Document)> {
    let draft = Draft {
        kind,
        id: row.text(0)?,
        state: row.text(4)?,
        namespace: row.maybe_text(5)?,
        due: row.maybe_time(6)?,
        body: row.bytes(7)?.to_vec(),
    };
    Ok((row.number(2)?, Document { version: row.number(1)?, changed: row.time(3)?, draft }))
}

fn write(tx: &mut dyn Tx, draft: &Draft, over: u64, now: Timestamp) -> Result<u64> {
    let version = numbers(tx, "documents", 1)?;
    tx.run(
        "INSERT INTO documents (kind, id, version, above, changed, state, namespace, due, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, \
         above = excluded.above, changed = excluded.changed, state = excluded.state, namespace = excluded.namespace, \
         due = excluded.due, body = excluded.body",
        &[
            Value::Key(draft.kind.as_str()),
            Value::Key(&draft.id),
            Value::Int(version),
            Value::number(over),
            Value::time(now),
            Value::Text(&draft.state),
            Value::MaybeText(draft.namespace.as_deref()),
            Value::maybe_time(draft.due),
            Value::Bytes(&draft.body),
        ],
    )?;
    Ok(u64::try_from(version).unwrap_or_default())
}
