//! Rows of cells, by RFC 4180, with any separator.

use memchr::{memchr, memchr_iter};

use super::name::{Name, Names, are_names};
use super::{Begin, Broken, Place, Walk};

/// A longer first row names no columns.
const LONGEST_HEADER: usize = 64 * 1024;

/// The way to a cell.
#[derive(Debug)]
pub struct Csv {
    delimiter: u8,
    quoted: bool,
    /// A quote was just closed: another one after it is a quote of the text.
    closed: bool,
    /// The next byte starts a cell.
    starts: bool,
    column: usize,
    row: u64,
    row_start: u64,
    row_bytes: u64,
    last: u8,
    line: u64,
    first: Vec<u8>,
    /// A detection lies in the first row: it is no header.
    data: bool,
    header: Vec<Name>,
    columns: usize,
    /// Line, cells, and how many such rows there are.
    ragged: Option<(u64, usize, u64)>,
}

impl Csv {
    pub fn new(delimiter: u8) -> Csv {
        Csv {
            delimiter,
            quoted: false,
            closed: false,
            starts: true,
            column: 0,
            row: 0,
            row_start: 0,
            row_bytes: 0,
            last: 0,
            line: 1,
            first: Vec::new(),
            data: false,
            header: Vec::new(),
            columns: 0,
            ragged: None,
        }
    }

    /// In quotes: to their end.
    fn quoted(&mut self, bytes: &[u8]) -> usize {
        let end = memchr(b'"', bytes);
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        self.line += memchr_iter(b'\n', part).count() as u64;
        if end.is_some() {
            (self.quoted, self.closed) = (false, true);
        }
        end.map_or(bytes.len(), |end| end + 1)
    }

    /// Outside of quotes: to the next quote that opens, or the end of the line.
    fn plain(&mut self, bytes: &[u8]) -> usize {
        let end = memchr(b'\n', bytes).unwrap_or(bytes.len());
        let part = bytes.get(..end).unwrap_or_default();
        if memchr(b'"', part).is_none() {
            self.column += memchr_iter(self.delimiter, part).count();
            if let Some(last) = part.last() {
                (self.starts, self.closed) = (*last == self.delimiter, false);
            }
            return end;
        }
        for (at, byte) in part.iter().enumerate() {
            if *byte == b'"' && (self.starts || self.closed) {
                (self.quoted, self.closed, self.starts) = (true, false, false);
                return at + 1;
            }
            self.column += usize::from(*byte == self.delimiter);
            (self.starts, self.closed) = (*byte == self.delimiter, false);
        }
        end
    }

    fn end_row(&mut self, next: u64) {
        let cells = self.column + 1;
        let blank = self.row_bytes == 0 || self.row_bytes == 1 && self.last == b'\r';
        if self.row == 0 && !blank {
            self.name_columns();
            self.columns = cells;
        } else if !blank && cells != self.columns {
            let first = self.ragged.map_or((self.line, cells), |(line, cells, _)| (line, cells));
            self.ragged = Some((first.0, first.1, self.ragged.map_or(1, |(_, _, count)| count + 1)));
        }
        self.row += u64::from(!blank);
        (self.column, self.row_start, self.row_bytes) = (0, next, 0);
        (self.starts, self.closed, self.quoted) = (true, false, false);
        self.line += 1;
    }

    fn name_columns(&mut self) {
        let text = String::from_utf8_lossy(&self.first).into_owned();
        let text = text.trim_start_matches('\u{feff}').trim_end();
        let cells: Vec<String> = text
            .split(char::from(self.delimiter))
            .map(|cell| cell.trim().trim_matches('"').trim().to_owned())
            .collect();
        if !self.data && self.first.len() < LONGEST_HEADER && are_names(&cells) {
            self.header = cells.into_iter().map(|text| Name { text, hidden: false }).collect();
        }
        self.first = Vec::new();
    }
}

impl Walk for Csv {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            if !self.quoted && rest.first() == Some(&b'\n') {
                at += 1;
                self.end_row(begin.position + at as u64);
                continue;
            }
            let walked = if self.quoted { self.quoted(rest) } else { self.plain(rest) };
            if self.row == 0 && self.first.len() < LONGEST_HEADER {
                self.first.extend_from_slice(rest.get(..walked).unwrap_or_default());
            }
            self.row_bytes += walked as u64;
            self.last = rest.get(walked.wrapping_sub(1)).copied().unwrap_or(self.last);
            at += walked;
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let named = self.header.get(self.column).filter(|name| !name.text.is_empty());
        let path = match named {
            Some(name) => names.shown(name).to_owned(),
            None => format!("column {}", self.column + 1),
        };
        let field = named.map_or_else(String::new, |name| names.field(name));
        Place { shape: path.clone(), path, field, record: Some(self.row_start) }
    }

    fn hide(&mut self) {
        self.data |= self.row == 0;
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        let help = "names of columns may be wrong there; a cell with a separator stands in double quotes";
        if self.quoted {
            let cause = "a quote is opened in this table and not closed".to_owned();
            return Some(Broken { line, cause, help: "close it with \"; everything was read" });
        }
        if self.row_bytes > 0 {
            self.end_row(0);
        }
        let (line, cells, rows) = self.ragged?;
        let more = if rows > 1 { format!("; {rows} rows are so") } else { String::new() };
        let cause = format!("this row has {cells} cells, and the first row {}{more}", self.columns);
        Some(Broken { line, cause, help })
    }
}
