//! Conditions that are known only when somebody asks, and pages.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{Row, Tx, Value};
use crate::{Cursor, Page, Paging, Result};

/// How many values a list in a statement has at the most.
pub(crate) const CHUNK: usize = 500;

/// Conditions, all of which hold.
#[derive(Default)]
pub(crate) struct Filter<'a> {
    sql: String,
    pub(crate) values: Vec<Value<'a>>,
}

impl<'a> Filter<'a> {
    /// One more condition; each `?` in it is one of the values.
    pub(crate) fn and(&mut self, condition: &str, values: &[Value<'a>]) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        let mut parts = condition.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.values.push(*value);
            let _ = write!(self.sql, "${}{part}", self.values.len());
        }
    }

    pub(crate) fn text(&mut self, condition: &str, wanted: Option<&'a str>) {
        if let Some(wanted) = wanted {
            self.and(condition, &[Value::Text(wanted)]);
        }
    }

    pub(crate) fn int(&mut self, condition: &str, wanted: Option<i64>) {
        if let Some(wanted) = wanted {
            self.and(condition, &[Value::Int(wanted)]);
        }
    }

    /// From a time on, and before another one.
    pub(crate) fn times(&mut self, column: &str, from: Option<Timestamp>, until: Option<Timestamp>) {
        self.int(&format!("{column} >= ?"), from.map(Timestamp::as_microsecond));
        self.int(&format!("{column} < ?"), until.map(Timestamp::as_microsecond));
    }

    /// One of a list, if there is a list.
    pub(crate) fn one_of(&mut self, column: &str, wanted: Option<&'a [String]>) {
        match wanted {
            None => {}
            Some([]) => self.and("1 = 0", &[]),
            Some(list) => {
                let values: Vec<Value<'a>> = list.iter().map(|text| Value::Text(text)).collect();
                let marks = vec!["?"; values.len()].join(", ");
                self.and(&format!("{column} IN ({marks})"), &values);
            }
        }
    }

    /// Only what comes after a page in descending order of a number.
    pub(crate) fn below(&mut self, column: &str, page: &Paging) -> Result<()> {
        let number = page.after.as_ref().map(Cursor::number).transpose()?;
        self.int(&format!("{column} < ?"), number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)));
        Ok(())
    }

    /// A page of what `select` says, in this order.
    pub(crate) fn page<T>(
        &self,
        tx: &mut dyn Tx,
        (select, order): (&str, &str),
        page: &Paging,
        read: impl Fn(&dyn Row) -> Result<T>,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Result<Page<T>> {
        let limit = page.limit();
        let mut values = self.values.clone();
        values.push(Value::Int(i64::from(limit) + 1));
        let sql = format!("{select}{} ORDER BY {order} LIMIT ${}", self.sql, values.len());
        let mut items = Vec::new();
        tx.each(&sql, &values, &mut |row| {
            items.push(read(row)?);
            Ok(())
        })?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(cursor);
        Ok(Page { items, next })
    }
}

/// The rows of a query, read.
pub(crate) fn all<T>(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value<'_>],
    read: impl Fn(&dyn Row) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    tx.each(sql, values, &mut |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// The first row of a query, read.
pub(crate) fn one<T>(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value<'_>],
    read: impl Fn(&dyn Row) -> Result<T>,
) -> Result<Option<T>> {
    Ok(all(tx, sql, values, read)?.into_iter().next())
}

/// Runs a statement for a long list, piece by piece: `sql` ends before the list, of which each member is `member`
/// with its values, and `tail` goes on after it.
pub(crate) fn for_list<'a>(
    tx: &mut dyn Tx,
    sql: &str,
    fixed: &[Value<'a>],
    (list, width): (&[Value<'a>], usize),
    tail: &str,
    take: &mut dyn FnMut(&dyn Row) -> Result<()>,
) -> Result<()> {
    for piece in list.chunks(CHUNK * width) {
        let mut text = format!("{sql} (");
        for member in 0..piece.len() / width {
            text.push_str(if member == 0 { "" } else { ", " });
            let first = fixed.len() + member * width + 1;
            if width == 1 {
                let _ = write!(text, "${first}");
            } else {
                text.push_str(if member == 0 { "VALUES (" } else { "(" });
                for column in 0..width {
                    let comma = if column == 0 { "" } else { ", " };
                    let _ = write!(text, "{comma}CAST(${} AS BIGINT)", first + column);
                }
                text.push(')');
            }
        }
        let _ = write!(text, "){tail}");
        tx.each(&text, &[fixed, piece].concat(), take)?;
    }
    Ok(())
}
