//! Rows between separators, taken apart into cells.

use super::Look;
use crate::engine::{LONGEST, Text};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub separator: u8,
    /// Whether cells may stand in quotes (RFC 4180); those of PostgreSQL's `COPY` do not.
    pub quotes: bool,
    /// Whether each row is a name and its value.
    pub vertical: bool,
}

/// The cells of a row: where each starts and ends, without its quotes.
#[derive(Debug, Default)]
pub struct Row {
    pub cells: Vec<(usize, usize)>,
}

/// A longer cell is not looked for in quotes: they mean something else then.
const QUOTED: usize = 4096;

impl Dialect {
    /// The row that starts at `at`; nothing for an empty line, the mark behind the last row of a `COPY`, or a row that
    /// is too long.
    pub fn row(self, text: &Text<'_>, at: usize) -> Look<Row> {
        let mut row = Row::default();
        let mut next = at;
        loop {
            if next - at > LONGEST {
                return Look::Nothing;
            }
            let cell = match self.cell(text, next) {
                Look::Found(cell, end) => (cell, end),
                Look::Nothing => return Look::Nothing,
                Look::Wait => return Look::Wait,
            };
            row.cells.push(cell.0);
            next = cell.1 + 1;
            if text.at(cell.1) != Some(self.separator) {
                break;
            }
        }
        let alone = (row.cells.len() == 1).then(|| row.cells.first().copied()).flatten();
        match alone.map(|(start, end)| text.slice(start, end).trim_ascii()) {
            Some(b"" | b"\\.") => Look::Nothing,
            _ => Look::Found(row, next.min(text.bytes.len())),
        }
    }

    /// A cell, and the separator or the end of the line behind it.
    fn cell(self, text: &Text<'_>, at: usize) -> Look<(usize, usize)> {
        let blanks = text.from(at, 8).iter().take_while(|byte| **byte == b' ').count();
        if self.quotes && text.at(at + blanks) == Some(b'"') {
            match self.quoted(text, at + blanks + 1) {
                Look::Nothing => {}
                look => return look,
            }
        }
        let rest = text.from(at, LONGEST + 1);
        let Some(length) = rest.iter().position(|byte| *byte == self.separator || *byte == b'\n') else {
            return match (rest.len() > LONGEST, text.ended) {
                (true, _) => Look::Nothing,
                (_, true) => Look::Found((at, at + rest.len()), at + rest.len()),
                _ => Look::Wait,
            };
        };
        let end = at + length;
        let carriage = text.at(end) == Some(b'\n') && length > 0 && text.before(end) == Some(b'\r');
        Look::Found((at, end - usize::from(carriage)), end)
    }

    /// A cell whose text starts behind a quote: a quote is doubled in it. Nothing where no quote ends it.
    fn quoted(self, text: &Text<'_>, start: usize) -> Look<(usize, usize)> {
        let rest = text.from(start, QUOTED);
        let short = rest.len() < QUOTED && !text.ended;
        let mut at = 0;
        while let Some(quote) = memchr::memchr(b'"', rest.get(at..).unwrap_or_default()).map(|quote| at + quote) {
            if rest.get(quote + 1) == Some(&b'"') {
                at = quote + 2;
                continue;
            }
            let blank = |byte: &&u8| matches!(**byte, b' ' | b'\r');
            let end = quote + 1 + rest.iter().skip(quote + 1).take_while(blank).count();
            return match rest.get(end) {
                Some(b'\n') => Look::Found((start, start + quote), start + end),
                Some(byte) if *byte == self.separator => Look::Found((start, start + quote), start + end),
                None if short => Look::Wait,
                None if text.ended => Look::Found((start, start + quote), start + end),
                _ => Look::Nothing,
            };
        }
        if short { Look::Wait } else { Look::Nothing }
    }
}
