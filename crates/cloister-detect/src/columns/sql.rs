//! Statements of SQL that name columns, and the rows behind them.

use std::sync::Arc;

use super::head::{Head, LONGEST_HEAD};
use super::rows::{Dialect, Row};
use super::{Look, State};
use crate::engine::{LONGEST, Text};

/// How these statements begin, in small or capital letters.
pub const COPY: &[u8] = b"copy ";
pub const CREATE: &[u8] = b"create table ";
const INSERT: &[u8] = b"insert into";

/// Reads on within a statement, whose bytes may not all be at hand.
struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

/// What is not as it should be, or not at hand.
struct Short;

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// The name of a table, maybe with that of its schema; in quotes or not.
    fn name(&mut self) -> String {
        self.blanks();
        let start = self.at;
        while self.peek().is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b';' | b',')) {
            self.at += 1;
        }
        bare(self.bytes.get(start..self.at).unwrap_or_default())
    }

    fn word(&mut self, word: &[u8]) -> bool {
        self.blanks();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = word.len().min(rest.len());
        let alike = rest.iter().zip(word).all(|(own, other)| own.eq_ignore_ascii_case(other));
        // Half a word at the end: more must be known.
        self.at += if alike { length } else { 0 };
        alike && length == word.len()
    }

    /// What stands between brackets, item by item, each from its start to its comma.
    fn list(&mut self) -> Result<Vec<&'t [u8]>, Short> {
        let (mut items, mut depth, mut quote) = (Vec::new(), 0usize, None);
        let mut start = self.at;
        while let Some(byte) = self.peek() {
            match (quote, byte) {
                (Some(own), _) if own == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'`' | b'\'') => quote = Some(byte),
                (None, b'(') => {
                    depth += 1;
                    start = if depth == 1 { self.at + 1 } else { start };
                }
                (None, b',' | b')') if depth == 1 => {
                    items.push(self.bytes.get(start..self.at).unwrap_or_default());
                    start = self.at + 1;
                }
                (None, _) if depth == 0 => return Ok(items),
                _ => {}
            }
            depth -= usize::from(quote.is_none() && byte == b')' && depth > 0);
            self.at += 1;
            if depth == 0 {
                return Ok(items);
            }
        }
        Err(Short)
    }
}

/// A name without its quotes and its schema.
fn bare(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let quotes = |sign: char| matches!(sign, '"' | '`' | '[' | ']' | '\'' | '\\') || sign.is_whitespace();
    text.trim_matches(quotes).rsplit('.').next().unwrap_or("").trim_matches(quotes).to_owned()
}

/// What a statement says that `read` reads from its start; it waits for more while the statement may go on.
fn statement<T>(
    text: &Text<'_>,
    start: usize,
    most: usize,
    read: impl FnOnce(&mut Reader<'_>) -> Result<Option<T>, Short>,
) -> Look<T> {
    let bytes = text.from(start, most);
    let mut reader = Reader { bytes, at: 0 };
    let short = bytes.len() < most && !text.ended;
    let read = read(&mut reader);
    match read {
        // It ends where the bytes do: the next ones may say more.
        Err(Short) if short => Look::Wait,
        _ if reader.at >= bytes.len() && short => Look::Wait,
        Ok(Some(read)) => Look::Found(read, start + reader.at),
        _ => Look::Nothing,
    }
}

/// `INSERT INTO table (columns) VALUES`; without columns those of `created`, if the table is that one.
pub fn insert(text: &Text<'_>, start: usize, last: Option<&Arc<Head>>, created: Option<&Arc<Head>>) -> Look<Arc<Head>> {
    statement(text, start, LONGEST_HEAD, |reader| {
        reader.at = INSERT.len();
        let table = reader.name();
        reader.blanks();
        let head = if reader.peek() == Some(b'(') {
            let names = reader.list()?;
            let source = reader.bytes.get(..reader.at).unwrap_or_default();
            last.filter(|last| *last.source == *source).cloned().or_else(|| {
                let names: Vec<String> = names.into_iter().map(bare).collect();
                Head::new(&table, source, names.iter().map(String::as_str)).map(Arc::new)
            })
        } else {
            created.filter(|created| created.table == table).cloned()
        };
        Ok(head.filter(|_| reader.word(b"values")))
    })
}

/// `COPY table (columns) FROM stdin;`, and rows between tabs from the next line on.
pub fn copy(text: &Text<'_>, start: usize) -> Look<State> {
    statement(text, start, LONGEST_HEAD, |reader| {
        reader.at = COPY.len();
        let table = reader.name();
        reader.blanks();
        let names: Vec<String> = reader.list()?.into_iter().map(bare).collect();
        if names.is_empty() || !reader.word(b"from") || !reader.word(b"stdin") {
            return Ok(None);
        }
        let line = memchr::memchr(b'\n', reader.bytes.get(reader.at..).unwrap_or_default()).ok_or(Short)?;
        let options = reader.bytes.get(reader.at..reader.at + line).unwrap_or_default().to_ascii_lowercase();
        let csv = options.windows(3).any(|three| three == b"csv");
        reader.at += line + 1;
        let dialect = Dialect { separator: if csv { b',' } else { b'\t' }, quotes: csv, vertical: false };
        let head = Head::new(&table, &[], names.iter().map(String::as_str));
        Ok(head.map(|head| State::Rows(Arc::new(head), dialect, 0)))
    })
}

/// Definitions within `CREATE TABLE` that are of no column.
const CONSTRAINTS: [&str; 11] =
    ["primary", "key", "unique", "constraint", "index", "fulltext", "spatial", "foreign", "check", "exclude", "like"];

/// `CREATE TABLE table (columns with their types)`.
pub fn create(text: &Text<'_>, start: usize) -> Look<Head> {
    statement(text, start, LONGEST, |reader| {
        reader.at = CREATE.len();
        for word in [&b"if "[..], b"not ", b"exists "] {
            reader.word(word);
        }
        let table = reader.name();
        reader.blanks();
        let items = reader.list()?;
        let names = items.into_iter().filter_map(|item| {
            let item = item.trim_ascii();
            let quoted = item.first().filter(|byte| matches!(byte, b'"' | b'`'));
            let end = match quoted {
                Some(quote) => item.iter().skip(1).position(|byte| byte == quote).map(|end| end + 2),
                None => item.iter().position(u8::is_ascii_whitespace),
            };
            let name = bare(item.get(..end.unwrap_or(item.len()))?);
            let column = quoted.is_some() || !CONSTRAINTS.contains(&name.to_ascii_lowercase().as_str());
            column.then_some(name)
        });
        let names: Vec<String> = names.collect();
        Ok(Head::new(&table, &[], names.iter().map(String::as_str)).filter(|head| !head.columns.is_empty()))
    })
}

/// The next row of an `INSERT`: `(1, 'text', NULL)`, behind the comma that follows the one before.
pub fn tuple(text: &Text<'_>, at: usize) -> Look<Row> {
    statement(text, at, LONGEST, |reader| {
        reader.blanks();
        if reader.peek() == Some(b',') {
            reader.at += 1;
            reader.blanks();
        }
        if reader.peek() != Some(b'(') {
            return Ok(None);
        }
        reader.at += 1;
        let mut row = Row::default();
        while let Some((start, end)) = value(reader) {
            row.cells.push((at + start, at + end));
            let ends = reader.peek() == Some(b')');
            reader.at += 1;
            if ends {
                // A comma or the end of the statement follows; what a cut hides is seen by the next look.
                return Ok(Some(row));
            }
        }
        Err(Short)
    })
}

/// One value, from where `reader` stands to the comma or bracket behind it: the text in its quotes, where it has some.
fn value(reader: &mut Reader<'_>) -> Option<(usize, usize)> {
    reader.blanks();
    let start = reader.at;
    let (mut depth, mut quoted, mut opened) = (0usize, None, None);
    loop {
        let byte = reader.peek()?;
        match (opened, byte) {
            (Some(_), b'\\') => reader.at += 1,
            (Some(_), b'\'') if reader.bytes.get(reader.at + 1) == Some(&b'\'') => reader.at += 1,
            (Some(from), b'\'') => {
                quoted = quoted.or(Some((from, reader.at)));
                opened = None;
            }
            (Some(_), _) => {}
            (None, b'\'') => opened = Some(reader.at + 1),
            (None, b'(') => depth += 1,
            (None, b',' | b')') if depth == 0 => return Some(quoted.unwrap_or((start, reader.at))),
            (None, b')') => depth -= 1,
            _ => {}
        }
        reader.at += 1;
    }
}
