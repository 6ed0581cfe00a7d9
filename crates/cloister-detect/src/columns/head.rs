//! The names of columns, and the line that they stand on.

use std::sync::Arc;

use memchr::memchr;

use super::rows::{Dialect, Row};
use super::{Look, State};
use crate::engine::{Text, Words};
use crate::names::{Telling, telling};

/// The columns of a table.
#[derive(Debug)]
pub struct Head {
    /// What the table is called, where that is known.
    pub table: String,
    /// The statement that names them.
    pub source: Box<[u8]>,
    pub columns: Vec<Column>,
}

/// One of them, and what its name says.
#[derive(Debug)]
pub struct Column {
    pub name: Arc<str>,
    pub telling: Option<Telling>,
    pub words: Words,
}

/// No head is longer, in bytes, or has more or longer names.
pub const LONGEST_HEAD: usize = 8192;
const MOST: usize = 1024;
const LONGEST_NAME: usize = 96;
/// Sentences have more words.
const MOST_WORDS: usize = 8;

impl Head {
    /// Of these names; nothing where they are too many.
    pub fn new<'n>(table: &str, source: &[u8], names: impl Iterator<Item = &'n str>) -> Option<Head> {
        let column = |name: &str| Column { name: name.into(), telling: telling(name), words: Words::of_name(name) };
        let columns: Vec<Column> = names.take(MOST + 1).map(column).collect();
        (columns.len() <= MOST).then(|| Head { table: table.to_owned(), source: source.into(), columns })
    }

    /// Of a row that is a name and its value.
    pub fn of_pair(name: &str) -> Option<Head> {
        Head::new("", &[], ["", name].into_iter())
    }

    /// Whether any of the names says something.
    pub fn says_something(&self) -> bool {
        self.columns.iter().any(|column| column.telling.is_some() || column.words.say_something())
    }
}

/// The table whose names stand on the line at `start`, and whose first row follows.
pub fn of_line(text: &Text<'_>, start: usize) -> Look<State> {
    // Most values that come whole are one line, and a table has two.
    if text.ended && memchr(b'\n', text.slice(start, text.bytes.len())).is_none() {
        return Look::Nothing;
    }
    match pairs(text, start) {
        Look::Nothing => {}
        look => return look,
    }
    let mark = if text.from(start, 3) == b"\xEF\xBB\xBF" { 3 } else { 0 };
    let start = start + mark;
    let near = text.from(start, LONGEST_HEAD);
    let line = near.iter().position(|byte| !may_stand(*byte));
    let end = match line {
        Some(end) if near.get(end) == Some(&b'\n') => start + end,
        None if near.len() < LONGEST_HEAD && !text.ended => return Look::Wait,
        _ => return Look::Nothing,
    };
    let Some(separator) = separator(text.slice(start, end)) else { return Look::Nothing };
    let dialect = Dialect { separator, quotes: true, vertical: false };
    // No name goes on behind its line: what closes a quote there does not matter, and is not waited for.
    let line = Text { bytes: text.bytes.get(..=end).unwrap_or_default(), base: text.base, ended: true };
    let names = match dialect.row(&line, start) {
        Look::Found(row, next) if next == end + 1 => row,
        _ => return Look::Nothing,
    };
    let spelled = names.cells.iter().map(|(start, end)| {
        std::str::from_utf8(text.slice(*start, *end)).ok().map(str::trim).filter(|name| is_name(name))
    });
    let Some(spelled) = spelled.collect::<Option<Vec<&str>>>() else { return Look::Nothing };
    let head = Head::new("", &[], spelled.into_iter()).filter(Head::says_something);
    let Some(head) = head else { return Look::Nothing };
    rows_follow(text, end + 1, dialect, head)
}

/// A table whose rows are a name and a value each, and whose first is the line at `start`.
fn pairs(text: &Text<'_>, start: usize) -> Look<State> {
    let near = text.from(start, LONGEST_NAME);
    let Some(separator) = near.iter().copied().find(|byte| matches!(byte, b'\t' | b';' | b'|' | b'\n')) else {
        return if near.len() < LONGEST_NAME && !text.ended { Look::Wait } else { Look::Nothing };
    };
    let dialect = Dialect { separator, quotes: true, vertical: true };
    if separator == b'\n' || !near.first().is_some_and(|first| first.is_ascii_alphabetic() || *first >= 0x80) {
        return Look::Nothing;
    }
    let first = match dialect.row(text, start) {
        Look::Found(row, next) if is_pair(text, &row) => next,
        Look::Wait => return Look::Wait,
        _ => return Look::Nothing,
    };
    match dialect.row(text, first) {
        Look::Found(row, _) if is_pair(text, &row) => {
            let head = Head::new("", &[], ["", ""].into_iter());
            head.map_or(Look::Nothing, |head| Look::Found(State::Rows(Arc::new(head), dialect, 0), start))
        }
        Look::Wait => Look::Wait,
        _ => Look::Nothing,
    }
}

/// Whether the first of two cells is the name of the second.
fn is_pair(text: &Text<'_>, row: &Row) -> bool {
    matches!(row.cells.as_slice(), [name, _] if Head::of_pair(spelled(text, *name)).is_some_and(|head| head.says_something()))
}

/// A cell as text.
pub fn spelled<'t>(text: &Text<'t>, (start, end): (usize, usize)) -> &'t str {
    std::str::from_utf8(text.slice(start, end)).map_or("", str::trim)
}

/// A table needs a row, or a line between its head and its rows.
fn rows_follow(text: &Text<'_>, at: usize, dialect: Dialect, head: Head) -> Look<State> {
    match dialect.row(text, at) {
        Look::Wait => Look::Wait,
        Look::Found(row, next) if is_rule(text.slice(at, next)) || row.cells.len() == head.columns.len() => {
            let next = if is_rule(text.slice(at, next)) { next } else { at };
            Look::Found(State::Rows(Arc::new(head), dialect, 0), next)
        }
        _ => Look::Nothing,
    }
}

/// `-----+-----`, as psql draws it, or `|---|---|` of Markdown.
fn is_rule(line: &[u8]) -> bool {
    line.windows(3).any(|three| three == b"---")
        && line.iter().all(|byte| matches!(byte, b'-' | b'+' | b'|' | b':' | b' ' | b'\r' | b'\n'))
}

/// Bytes of heads: letters of any script, digits, and signs within names and between them.
fn may_stand(byte: u8) -> bool {
    const MAY: [bool; 256] = {
        let mut may = [false; 256];
        let mut rest = may.as_mut_slice();
        let mut byte = 0u8;
        while let Some((own, others)) = rest.split_first_mut() {
            *own = byte.is_ascii_alphanumeric()
                || byte >= 0x80
                || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'/' | b'(' | b')' | b'#' | b'%' | b'&' | b'+' | b'*')
                || matches!(byte, b'\'' | b'"' | b',' | b';' | b'|' | b'\t' | b'\r');
            byte = byte.wrapping_add(1);
            rest = others;
        }
        may
    };
    MAY.get(usize::from(byte)).copied().unwrap_or(false)
}

/// What stands between the names: of several, the one that stands there most.
fn separator(line: &[u8]) -> Option<u8> {
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    let most = [b',', b'|', b';', b'\t'].into_iter().map(|sign| (count(sign), sign)).max_by_key(|(count, _)| *count);
    most.filter(|(count, _)| *count > 0).map(|(_, sign)| sign)
}

/// Whether a cell is a name: it does not start with a digit, and is no sentence. Columns of numbers of rows and the
/// edges of drawn tables have none.
fn is_name(name: &str) -> bool {
    let first = name.trim_start_matches(['#', '*', '_', '(', '\'']).chars().next();
    name.len() <= LONGEST_NAME
        && !first.is_some_and(|first| first.is_numeric())
        && name.split_whitespace().count() <= MOST_WORDS
}
