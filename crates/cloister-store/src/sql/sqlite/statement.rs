//! Statements and rows of SQLite.

use rusqlite::types::{ToSql, ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::super::engine::all_fit;
use super::super::{Row, Tx, Value};
use super::fault::Place;
use crate::{Error, Result};

/// A transaction; whoever made it begins and ends it.
pub(crate) struct SqliteTx<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) place: &'a Place,
}

impl Tx for SqliteTx<'_> {
    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        all_fit(values)?;
        let ran = self.connection.prepare_cached(&spelt(sql)).and_then(|mut one| one.execute(params_from_iter(values)));
        ran.map(|count| count as u64).map_err(|error| self.place.fault(&error))
    }

    fn each(&mut self, sql: &str, values: &[Value<'_>], take: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        all_fit(values)?;
        let fault = |error| self.place.fault(&error);
        let mut statement = self.connection.prepare_cached(&spelt(sql)).map_err(fault)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            take(&SqliteRow { row, place: self.place })?;
        }
        Ok(())
    }

    fn insert(&mut self, head: &str, width: usize, values: &[Value<'_>], tail: &str) -> Result<()> {
        all_fit(values)?;
        let fault = |error| self.place.fault(&error);
        let marks = vec!["?"; width].join(", ");
        let sql = format!("{head} VALUES ({marks}){}", spelt(tail));
        let mut statement = self.connection.prepare_cached(&sql).map_err(fault)?;
        for row in values.chunks(width.max(1)) {
            statement.execute(params_from_iter(row)).map_err(fault)?;
        }
        Ok(())
    }
}

/// `$1` is a name in SQLite; `?1` is a number.
fn spelt(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Int(number) => ToSqlOutput::Owned(Owned::Integer(*number)),
            Value::MaybeInt(number) => ToSqlOutput::Owned(number.map_or(Owned::Null, Owned::Integer)),
            Value::Key(one) | Value::Text(one) => ToSqlOutput::Borrowed(ValueRef::Text(one.as_bytes())),
            Value::MaybeText(one) => {
                ToSqlOutput::Borrowed(one.map_or(ValueRef::Null, |one| ValueRef::Text(one.as_bytes())))
            }
            Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

struct SqliteRow<'a> {
    row: &'a rusqlite::Row<'a>,
    place: &'a Place,
}

impl Row for SqliteRow<'_> {
    fn int_or_none(&self, column: usize) -> Result<Option<i64>> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Integer(number)) => Ok(Some(number)),
            Ok(ValueRef::Null) => Ok(None),
            _ => Err(self.damaged(column)),
        }
    }

    fn text_or_none(&self, column: usize) -> Result<Option<&str>> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).map(Some).map_err(|_| self.damaged(column)),
            Ok(ValueRef::Null) => Ok(None),
            _ => Err(self.damaged(column)),
        }
    }

    fn bytes(&self, column: usize) -> Result<&[u8]> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Blob(bytes)) => Ok(bytes),
            _ => Err(self.damaged(column)),
        }
    }

    fn damaged(&self, column: usize) -> Error {
        let name = self.row.as_ref().column_name(column).unwrap_or("a column").to_owned();
        self.place.damaged(format!("{name} holds what it cannot"))
    }
}
