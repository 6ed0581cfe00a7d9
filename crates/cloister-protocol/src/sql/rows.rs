//! Rows as `COPY` and `LOAD DATA` write them: text, CSV and PostgreSQL's binary form, in pieces of any size.

use super::{NAME, NAMES};
use crate::input::{Hold, Step};

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) binary: bool,
    /// Backslashes mean something.
    pub(crate) backslash: bool,
    pub(crate) header: bool,
    pub(crate) delimiter: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: u8,
    pub(crate) null: Vec<u8>,
}

impl Default for Layout {
    fn default() -> Layout {
        let null = b"\\N".to_vec();
        Layout { binary: false, backslash: true, header: false, delimiter: b'\t', quote: None, escape: b'\\', null }
    }
}

impl Layout {
    pub(crate) fn become_csv(&mut self) {
        let delimiter = if self.delimiter == b'\t' { b',' } else { self.delimiter };
        let quote = self.quote.or(Some(b'"'));
        let header = self.header;
        *self = Layout { header, delimiter, quote, escape: b'"', backslash: false, null: Vec::new(), binary: false };
    }
}

/// What rows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    /// The next piece of the value in a column, counted from 0; `last`: it is whole.
    Value(usize, &'a [u8], bool),
    /// A row is whole.
    Row,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of a field.
    Begin,
    Field,
    Escaped,
    Quoted,
    /// Behind a quote or an escape within quotes.
    QuotedQuote,
    QuotedEscape,
}

/// Reads rows.
#[derive(Debug)]
pub(crate) struct Rows {
    layout: Layout,
    state: State,
    column: usize,
    /// The header was not read yet.
    header: bool,
    /// The names that it gave.
    names: Vec<String>,
    name: Vec<u8>,
    /// A value is open.
    open: bool,
    filled: bool,
    hold: Hold,
    binary: Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binary {
    Head,
    Extension(u64),
    Row,
    Field(u16),
    Value(u16, u64),
    End,
}

impl Rows {
    pub(crate) fn new(layout: Layout) -> Rows {
        Rows {
            header: layout.header && !layout.binary,
            layout,
            state: State::Begin,
            column: 0,
            names: Vec::new(),
            name: Vec::new(),
            open: false,
            filled: false,
            hold: Hold::default(),
            binary: Binary::Head,
        }
    }

    /// Whether values come in PostgreSQL's binary form.
    pub(crate) fn is_binary(&self) -> bool {
        self.layout.binary
    }

    /// What the header called a column.
    pub(crate) fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// The next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&Rows, Said<'_>)) {
        if self.layout.binary {
            return self.push_binary(bytes, out);
        }
        let mut from = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if self.is_plain(byte) {
                if self.state == State::Begin {
                    self.state = State::Field;
                }
                continue;
            }
            self.piece(bytes.get(from..at).unwrap_or_default(), out);
            from = if self.mark(byte, out) { at + 1 } else { at };
        }
        self.piece(bytes.get(from..).unwrap_or_default(), out);
    }

    fn is_plain(&self, byte: u8) -> bool {
        match self.state {
            State::Begin | State::Field => {
                byte != self.layout.delimiter
                    && byte != b'\n'
                    && byte != b'\r'
                    && !(self.layout.backslash && byte == b'\\')
                    && !(self.state == State::Begin && Some(byte) == self.layout.quote)
            }
            State::Quoted => Some(byte) != self.layout.quote && byte != self.layout.escape,
            State::Escaped | State::QuotedQuote | State::QuotedEscape => false,
        }
    }

    /// A byte that means something; false if it is the first of the next piece.
    fn mark(&mut self, byte: u8, out: &mut dyn FnMut(&Rows, Said<'_>)) -> bool {
        let quote = self.layout.quote;
        match self.state {
            State::Begin if Some(byte) == quote => self.state = State::Quoted,
            State::Begin | State::Field if byte == self.layout.delimiter => self.end_field(out),
            State::Begin | State::Field if byte == b'\n' => self.end_row(out),
            State::Begin | State::Field if byte == b'\\' => self.state = State::Escaped,
            State::Begin | State::Field => {}
            State::Escaped => {
                self.state = State::Field;
                if byte == b'N' || byte == b'.' {
                    return true;
                }
                self.piece(&[escaped(byte)], out);
            }
            State::Quoted if self.layout.backslash || Some(byte) != quote => self.quoted_escape(byte),
            State::Quoted => self.state = State::QuotedQuote,
            State::QuotedEscape => {
                self.state = State::Quoted;
                let meant = if self.layout.backslash { escaped(byte) } else { byte };
                self.piece(&[meant], out);
            }
            State::QuotedQuote if Some(byte) == quote => {
                self.state = State::Quoted;
                return false;
            }
            State::QuotedQuote => {
                self.state = State::Field;
                if self.is_plain(byte) {
                    return false;
                }
                return self.mark(byte, out);
            }
        }
        true
    }

    fn quoted_escape(&mut self, byte: u8) {
        self.state = if Some(byte) == self.layout.quote { State::QuotedQuote } else { State::QuotedEscape };
    }

    fn piece(&mut self, bytes: &[u8], out: &mut dyn FnMut(&Rows, Said<'_>)) {
        if bytes.is_empty() {
            return;
        }
        if self.header {
            let room = NAME.saturating_sub(self.name.len()).min(bytes.len());
            self.name.extend_from_slice(bytes.get(..room).unwrap_or_default());
            return;
        }
        self.open = true;
        out(self, Said::Value(self.column, bytes, false));
    }

    fn end_field(&mut self, out: &mut dyn FnMut(&Rows, Said<'_>)) {
        if self.header && self.names.len() < NAMES {
            self.names.push(String::from_utf8_lossy(&std::mem::take(&mut self.name)).into_owned());
        }
        if std::mem::take(&mut self.open) {
            self.filled = true;
            out(self, Said::Value(self.column, b"", true));
        }
        self.column = self.column.saturating_add(1);
        self.state = State::Begin;
    }

    fn end_row(&mut self, out: &mut dyn FnMut(&Rows, Said<'_>)) {
        self.end_field(out);
        self.column = 0;
        self.header = false;
        if std::mem::take(&mut self.filled) {
            out(self, Said::Row);
        }
    }

    fn push_binary(&mut self, bytes: &[u8], out: &mut dyn FnMut(&Rows, Said<'_>)) {
        let mut hold = std::mem::take(&mut self.hold);
        hold.feed(bytes, 64, |input| {
            match self.binary {
                Binary::Head => {
                    if input.len() < 19 {
                        return Step::Wait;
                    }
                    if input.take(11) != Some(b"PGCOPY\n\xff\r\n\0") {
                        self.binary = Binary::End;
                        return Step::Again;
                    }
                    let flags = input.u32();
                    let length = input.u32().unwrap_or_default();
                    debug_assert!(flags.is_some(), "19 bytes are at hand");
                    self.binary = Binary::Extension(length.into());
                }
                Binary::Extension(0) => self.binary = Binary::Row,
                Binary::Extension(left) => {
                    let taken = input.some(left).len() as u64;
                    if taken == 0 {
                        return Step::Wait;
                    }
                    self.binary = Binary::Extension(left - taken);
                }
                Binary::Row => {
                    let Some(count) = input.u16() else { return Step::Wait };
                    self.column = 0;
                    self.binary = if count == u16::MAX { Binary::End } else { Binary::Field(count) };
                }
                Binary::Field(0) => {
                    out(self, Said::Row);
                    self.binary = Binary::Row;
                }
                Binary::Field(left) => {
                    let Some(length) = input.i32() else { return Step::Wait };
                    match u64::try_from(length) {
                        Ok(length) => self.binary = Binary::Value(left - 1, length),
                        Err(_) => self.next_field(left - 1),
                    }
                }
                Binary::Value(fields, left) => {
                    let bytes = input.some(left);
                    let left = left - bytes.len() as u64;
                    if bytes.is_empty() && left > 0 {
                        return Step::Wait;
                    }
                    self.open = left > 0;
                    out(self, Said::Value(self.column, bytes, left == 0));
                    self.binary = Binary::Value(fields, left);
                    if left == 0 {
                        self.next_field(fields);
                    }
                }
                Binary::End => {
                    input.some(u64::MAX);
                    return Step::Wait;
                }
            }
            Step::Again
        });
        self.hold = hold;
    }

    fn next_field(&mut self, left: u16) {
        self.column += 1;
        self.binary = Binary::Field(left);
    }

    /// The rows end.
    pub(crate) fn finish(&mut self, out: &mut dyn FnMut(&Rows, Said<'_>)) {
        if self.layout.binary && self.open {
            self.open = false;
            out(self, Said::Value(self.column, b"", true));
        } else if !self.layout.binary && (self.open || self.filled) {
            self.end_row(out);
        }
    }

    /// How much memory it takes.
    pub(crate) fn held(&self) -> usize {
        self.hold.held() + self.names.iter().map(String::capacity).sum::<usize>()
    }
}

fn escaped(byte: u8) -> u8 {
    match byte {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0' => 0,
        other => other,
    }
}
