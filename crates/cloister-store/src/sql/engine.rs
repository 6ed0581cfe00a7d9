//! What the contract needs of a database: transactions, statements, rows.

use cloister_model::Severity;
use jiff::Timestamp;

use crate::{Error, Result};

/// The longest text of an index, in bytes: PostgreSQL's indexes take entries of 2,704 bytes, of which one has three.
pub(crate) const LONGEST_KEY: usize = 512;
/// The most bytes of one value.
const LARGEST: usize = 256 << 20;

/// A database.
pub(crate) trait Engine: Send + Sync {
    /// Changes in one transaction, which is on the disk when this returns; nothing happens if `change` fails. Changes with
    /// the same `lock` follow each other. `change` runs again when the answer of the database was lost.
    fn write<T>(&self, lock: &[&str], change: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T>;

    /// Reads in one transaction, which sees one moment.
    fn read<T>(&self, look: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T>;

    /// What the database can say of its own state.
    fn examine(&self) -> Result<()>;

    /// The file, or the server, for errors.
    fn place(&self) -> &str;
}

/// A transaction. Statements have parameters `$1`, `$2`…
pub(crate) trait Tx {
    /// Runs a statement; how many rows it changed.
    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64>;

    /// Hands over each row of a query.
    fn each(&mut self, sql: &str, values: &[Value<'_>], take: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;

    /// Inserts many rows of `width` values each: `head VALUES (…), (…) tail`. No two of them may be the same to `tail`.
    fn insert(&mut self, head: &str, width: usize, values: &[Value<'_>], tail: &str) -> Result<()>;
}

/// A row of an answer.
pub(crate) trait Row {
    /// An integer.
    fn int_or_none(&self, column: usize) -> Result<Option<i64>>;
    /// A text.
    fn text_or_none(&self, column: usize) -> Result<Option<&str>>;
    /// Bytes.
    fn bytes(&self, column: usize) -> Result<&[u8]>;
    /// An error for what should not be in a column.
    fn damaged(&self, column: usize) -> Error;
}

impl dyn Row + '_ {
    pub(crate) fn int(&self, column: usize) -> Result<i64> {
        self.int_or_none(column)?.ok_or_else(|| self.damaged(column))
    }

    pub(crate) fn number(&self, column: usize) -> Result<u64> {
        u64::try_from(self.int(column)?).map_err(|_| self.damaged(column))
    }

    pub(crate) fn small(&self, column: usize) -> Result<u32> {
        u32::try_from(self.int(column)?).map_err(|_| self.damaged(column))
    }

    pub(crate) fn truth(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn str(&self, column: usize) -> Result<&str> {
        self.text_or_none(column)?.ok_or_else(|| self.damaged(column))
    }

    pub(crate) fn text(&self, column: usize) -> Result<String> {
        self.str(column).map(str::to_owned)
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>> {
        Ok(self.text_or_none(column)?.map(str::to_owned))
    }

    pub(crate) fn time(&self, column: usize) -> Result<Timestamp> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|_| self.damaged(column))
    }

    pub(crate) fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>> {
        let time = self.int_or_none(column)?.map(Timestamp::from_microsecond).transpose();
        time.map_err(|_| self.damaged(column))
    }

    pub(crate) fn one_of<T: Copy>(&self, column: usize, all: &[T]) -> Result<T> {
        let place = usize::try_from(self.int(column)?).ok();
        place.and_then(|place| all.get(place)).copied().ok_or_else(|| self.damaged(column))
    }

    pub(crate) fn severity(&self, column: usize) -> Result<Severity> {
        self.one_of(column, &Severity::ALL)
    }
}

/// A value of a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// An integer.
    Int(i64),
    /// An integer, or none.
    MaybeInt(Option<i64>),
    /// A text of an index: bounded.
    Key(&'a str),
    /// Any text.
    Text(&'a str),
    /// A text, or none.
    MaybeText(Option<&'a str>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn time(time: Timestamp) -> Value<'a> {
        Value::Int(time.as_microsecond())
    }

    pub(crate) fn maybe_time(time: Option<Timestamp>) -> Value<'a> {
        Value::MaybeInt(time.map(Timestamp::as_microsecond))
    }

    pub(crate) fn number(number: u64) -> Value<'a> {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub(crate) fn truth(truth: bool) -> Value<'a> {
        Value::Int(i64::from(truth))
    }

    pub(crate) fn severity(severity: Severity) -> Value<'a> {
        Value::place(severity, &Severity::ALL)
    }

    /// The place in a list of all that there are.
    pub(crate) fn place<T: PartialEq>(one: T, all: &[T]) -> Value<'a> {
        let place = all.iter().position(|other| *other == one).and_then(|place| i64::try_from(place).ok());
        Value::Int(place.unwrap_or(-1))
    }

    /// Whether both databases can keep it: PostgreSQL has no text with a NUL, and neither keeps gigabytes.
    pub(crate) fn fits(&self) -> Result<()> {
        let (bytes, text) = match self {
            Value::Key(text) if text.len() > LONGEST_KEY => {
                let cause = format!("it has {} bytes, and {LONGEST_KEY} are the most: shorten it", text.len());
                return Err(Error::Unfit { what: "a name or id", cause });
            }
            Value::Key(text) | Value::Text(text) | Value::MaybeText(Some(text)) => (text.as_bytes(), true),
            Value::Bytes(bytes) => (*bytes, false),
            _ => return Ok(()),
        };
        if text && bytes.contains(&0) {
            return Err(Error::Unfit { what: "a text", cause: "it has a NUL character: leave it out".to_owned() });
        }
        if bytes.len() > LARGEST {
            let cause = format!("it has {} bytes, and {LARGEST} are the most: divide the source", bytes.len());
            return Err(Error::Unfit { what: "a body", cause });
        }
        Ok(())
    }
}

/// Fails where one value cannot be kept.
pub(crate) fn all_fit(values: &[Value<'_>]) -> Result<()> {
    values.iter().try_for_each(Value::fits)
}

/// The first of `count` new numbers. Whoever has them holds them until the end of the transaction, so that numbers are
/// seen in their order.
pub(crate) fn numbers(tx: &mut dyn Tx, counter: &str, count: usize) -> Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut last = 0;
    tx.each(
        "UPDATE counters SET value = value + $1 WHERE name = $2 RETURNING value",
        &[Value::Int(count), Value::Text(counter)],
        &mut |row| {
            last = row.int(0)?;
            Ok(())
        },
    )?;
    Ok(last - count + 1)
}
