//! Ids of events in SQL.

use std::collections::HashSet;

use jiff::Timestamp;

use super::filter::for_list;
use super::{Database, Engine, Tx, Value};
use crate::{Events, Result};

/// The later time stays; what had ended begins anew.
const OVER: &str = " ON CONFLICT (scope, id) DO UPDATE SET noted = excluded.noted, \
    until = CASE WHEN events.until < excluded.until THEN excluded.until ELSE events.until END";

impl<E: Engine> Events for Database<E> {
    fn remembered(&self, scope: &str, ids: &[String], now: Timestamp) -> Result<Vec<bool>> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.engine.read(|tx| {
            let known = known(tx, scope, &ids, now)?;
            Ok(ids.iter().map(|id| known.contains(*id)).collect())
        })
    }

    fn remember(&self, scope: &str, ids: &[String], now: Timestamp, until: Timestamp) -> Result<u64> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect::<HashSet<_>>().into_iter().collect();
        self.engine.write(&["events", scope], |tx| {
            let known = known(tx, scope, &ids, now)?;
            note(tx, scope, &ids, now, until)?;
            Ok((ids.len() - known.len()) as u64)
        })
    }
}

/// Which of the ids are remembered.
pub(crate) fn known(tx: &mut dyn Tx, scope: &str, ids: &[&str], now: Timestamp) -> Result<HashSet<String>> {
    let fixed = [Value::Text(scope), Value::time(now)];
    let list: Vec<Value<'_>> = ids.iter().map(|id| Value::Text(id)).collect();
    let mut known = HashSet::new();
    let sql = "SELECT id FROM events WHERE scope = $1 AND until > $2 AND id IN";
    for_list(tx, sql, &fixed, (&list, 1), "", &mut |row| {
        known.insert(row.text(0)?);
        Ok(())
    })?;
    Ok(known)
}

/// Remembers ids, of which none stands there twice.
pub(crate) fn note(tx: &mut dyn Tx, scope: &str, ids: &[&str], now: Timestamp, until: Timestamp) -> Result<()> {
    let row = |id| [Value::Key(scope), Value::Key(id), Value::time(now), Value::time(until)];
    let values: Vec<Value<'_>> = ids.iter().flat_map(|id| row(*id)).collect();
    tx.insert("INSERT INTO events (scope, id, noted, until)", 4, &values, OVER)
}
