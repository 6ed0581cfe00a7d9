//! Statements and rows of PostgreSQL.

use std::error::Error as Cause;
use std::fmt::Write as _;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres::Statement;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::engine::all_fit;
use super::super::{Row, Tx, Value};
use super::fault::{Class, Failure};
use super::pool::Connected;
use crate::{Error, Result};

/// Statements that a connection keeps ready; then it begins anew.
const READY: usize = 256;
/// Values of one statement that inserts many rows; the protocol allows 65,535.
const VALUES: usize = 4000;

/// A transaction; whoever made it begins and ends it.
pub(crate) struct PostgresTx<'a> {
    pub(crate) connected: &'a mut Connected,
    /// What the last error means.
    pub(crate) class: Class,
}

impl PostgresTx<'_> {
    fn fault(&mut self, said: &postgres::Error) -> Error {
        let failure = Failure::of(said, &self.connected.place, &self.connected.user);
        self.class = failure.class;
        failure.error
    }

    fn ready(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.connected.ready.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.connected.client.prepare(sql).map_err(|said| self.fault(&said))?;
        if self.connected.ready.len() >= READY {
            self.connected.ready.clear();
        }
        self.connected.ready.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Tx for PostgresTx<'_> {
    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        all_fit(values)?;
        let statement = self.ready(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.connected.client.execute(&statement, &values).map_err(|said| self.fault(&said))
    }

    fn each(&mut self, sql: &str, values: &[Value<'_>], take: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        all_fit(values)?;
        let statement = self.ready(sql)?;
        let place = std::sync::Arc::clone(&self.connected.place);
        let mut taken = Ok(());
        let looked = self.connected.client.query_raw(&statement, values.iter()).and_then(|mut rows| {
            while let Some(row) = rows.next()? {
                if taken.is_ok() {
                    taken = take(&PostgresRow { row, place: &place });
                }
            }
            Ok(())
        });
        looked.map_err(|said| self.fault(&said))?;
        taken
    }

    fn insert(&mut self, head: &str, width: usize, values: &[Value<'_>], tail: &str) -> Result<()> {
        let width = width.max(1);
        for piece in values.chunks((VALUES / width).max(1) * width) {
            let mut sql = format!("{head} VALUES ");
            for number in 1..=piece.len() {
                let (first, last) = (number % width == 1 % width, number % width == 0);
                let start = match (first, number) {
                    (true, 1) => "(",
                    (true, _) => ", (",
                    _ => ", ",
                };
                let _ = write!(sql, "{start}${number}{}", if last { ")" } else { "" });
            }
            self.run(&(sql + tail), piece)?;
        }
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn Cause + Sync + Send>> {
        match self {
            Value::Int(number) | Value::MaybeInt(Some(number)) => number.to_sql_checked(kind, out),
            Value::MaybeInt(None) | Value::MaybeText(None) => Ok(IsNull::Yes),
            Value::Key(text) | Value::Text(text) | Value::MaybeText(Some(text)) => text.to_sql_checked(kind, out),
            Value::Bytes(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct PostgresRow<'a> {
    row: postgres::Row,
    place: &'a str,
}

impl PostgresRow<'_> {
    fn get<'b, T: FromSql<'b>>(&'b self, column: usize) -> Result<Option<T>> {
        self.row.try_get(column).map_err(|_| self.damaged(column))
    }
}

impl Row for PostgresRow<'_> {
    fn int_or_none(&self, column: usize) -> Result<Option<i64>> {
        match self.row.columns().get(column).map(|column| column.type_()) {
            Some(kind) if *kind == Type::INT4 => Ok(self.get::<i32>(column)?.map(i64::from)),
            _ => self.get(column),
        }
    }

    fn text_or_none(&self, column: usize) -> Result<Option<&str>> {
        self.get(column)
    }

    fn bytes(&self, column: usize) -> Result<&[u8]> {
        self.get(column)?.ok_or_else(|| self.damaged(column))
    }

    fn damaged(&self, column: usize) -> Error {
        let name = self.row.columns().get(column).map_or("a column", |column| column.name());
        Error::Damaged { place: self.place.to_owned(), cause: format!("{name} holds what it cannot") }
    }
}
