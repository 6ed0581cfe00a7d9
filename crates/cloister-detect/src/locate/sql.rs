//! Dumps of databases: `INSERT INTO … VALUES`, `COPY … FROM stdin`, with the columns that they or `CREATE TABLE` name.

use std::collections::HashMap;

use memchr::{memchr, memchr2};

use super::name::{Name, Names, push};
use super::{Begin, Broken, Place, Walk};

/// Columns of all tables that are remembered.
const REMEMBERED: usize = 65_536;
/// Columns of a table that are remembered.
const COLUMNS: usize = 2048;

/// So much of the beginning is looked at.
const HEAD: usize = 512;

/// What the statement at hand is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Statement {
    /// Its first words are being read.
    #[default]
    Head,
    Insert,
    Copy,
    Create,
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Plain,
    Quoted(u8),
    LineComment,
    Comment,
    /// Rows of a `COPY`.
    Rows,
}

/// The way to a value in SQL.
#[derive(Debug, Default)]
pub struct Sql {
    state: State,
    statement: Statement,
    escaped: bool,
    /// The beginning, which says what program wrote it.
    head: Vec<u8>,
    /// What it says of backslashes, once it is whole.
    backslash: Option<bool>,
    last: u8,
    depth: usize,
    word: Vec<u8>,
    /// How many words the statement has, and whether its values began.
    words: usize,
    values: bool,
    table: Name,
    columns: Vec<Name>,
    known: HashMap<String, Vec<Name>>,
    remembered: usize,
    /// The next word names a column.
    expects: bool,
    column: usize,
    tuple: u64,
    line_start: u64,
}

/// Whether a byte means something between values: the others are passed over.
fn means(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'`' | b'-' | b'*' | b'(' | b')' | b',' | b';' | b'#')
}

impl Sql {
    /// Outside of quotes and comments: as far as the state stays.
    fn in_plain(&mut self, bytes: &[u8], position: u64) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|_| self.state == State::Plain) {
            // Between values no word counts.
            let skips = self.values && self.depth > 0;
            let next = if skips { rest.iter().position(|byte| means(*byte)) } else { Some(0) };
            let Some(byte) = next.and_then(|next| rest.get(next)) else { return bytes.len() };
            at += next.unwrap_or(0);
            self.last = at.checked_sub(1).and_then(|last| bytes.get(last)).copied().unwrap_or(self.last);
            self.plain(*byte, position + at as u64);
            at += 1;
        }
        at
    }

    /// To the end of a comment, which is this byte, behind that one.
    fn in_comment(&mut self, bytes: &[u8], ends: u8, behind: Option<u8>) -> usize {
        let Some(end) = memchr(ends, bytes) else { return bytes.len() };
        let before = end.checked_sub(1).and_then(|last| bytes.get(last)).copied().unwrap_or(self.last);
        if behind.is_none_or(|byte| byte == before) {
            self.state = State::Plain;
        }
        end + 1
    }

    fn plain(&mut self, byte: u8, position: u64) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | 0x80.. => return push(&mut self.word, &[byte]),
            b'\'' | b'"' | b'`' => {
                // A name in quotes goes on behind a dot.
                self.state = State::Quoted(byte);
                return;
            }
            _ => self.end_word(),
        }
        match byte {
            b'-' if self.last == b'-' => self.state = State::LineComment,
            b'#' if self.depth == 0 => self.state = State::LineComment,
            // MySQL runs what stands in `/*! */`.
            b'*' if self.last == b'/' => self.state = State::Comment,
            b'(' => self.open(position),
            b')' => self.close(),
            b',' if self.depth == 1 => self.separate(),
            b';' => self.end(),
            b'\n' if self.statement == Statement::Copy && self.values && self.depth == 0 => self.rows(position + 1),
            _ => {}
        }
    }

    fn open(&mut self, position: u64) {
        self.depth += 1;
        if self.depth == 1 {
            (self.column, self.tuple, self.expects) = (0, position, !self.values);
        }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.expects = false;
        }
    }

    fn separate(&mut self) {
        self.column += 1;
        self.expects = !self.values;
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        self.words += usize::from(self.depth == 0);
        match self.statement {
            Statement::Head => self.head(&word),
            Statement::Insert | Statement::Copy | Statement::Create if self.depth > 0 => self.name_column(&word),
            Statement::Insert if word.eq_ignore_ascii_case(b"values") || word.eq_ignore_ascii_case(b"value") => {
                self.begin()
            }
            Statement::Copy if word.eq_ignore_ascii_case(b"stdin") => self.begin(),
            Statement::Insert | Statement::Copy | Statement::Create => self.name_table(&word),
            Statement::Other => {}
        }
    }

    fn head(&mut self, word: &[u8]) {
        let is = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        self.statement = if is(&["insert", "replace"]) {
            Statement::Insert
        } else if is(&["copy"]) {
            Statement::Copy
        } else if is(&["create"]) {
            Statement::Create
        } else {
            Statement::Other
        };
    }

    fn name_table(&mut self, word: &[u8]) {
        const BETWEEN: [&str; 14] = [
            "into",
            "ignore",
            "or",
            "replace",
            "table",
            "if",
            "not",
            "exists",
            "temporary",
            "unlogged",
            "from",
            "with",
            "global",
            "only",
        ];
        if self.statement == Statement::Create
            && self.words == 2
            && !BETWEEN.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        {
            self.statement = Statement::Other;
        }
        let between = BETWEEN.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        if self.table.text.is_empty() && !between {
            self.table = Name::of(word, false);
        }
    }

    fn name_column(&mut self, word: &[u8]) {
        const NONE: [&str; 8] = ["constraint", "primary", "unique", "key", "foreign", "check", "index", "fulltext"];
        let none =
            self.statement == Statement::Create && NONE.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
        if std::mem::take(&mut self.expects) && self.depth == 1 && !none && self.columns.len() < COLUMNS {
            self.columns.push(Name::of(word, false));
        }
    }

    /// Values follow.
    fn begin(&mut self) {
        self.values = true;
        if self.columns.is_empty() {
            self.columns = self.known.get(&self.table.text).cloned().unwrap_or_default();
        }
    }

    fn end(&mut self) {
        if self.statement == Statement::Copy && self.values {
            return;
        }
        if self.statement == Statement::Create && self.remembered + self.columns.len() < REMEMBERED {
            self.remembered += self.columns.len() + 1;
            self.known.insert(std::mem::take(&mut self.table.text), std::mem::take(&mut self.columns));
        }
        self.reset();
    }

    fn reset(&mut self) {
        (self.statement, self.values, self.words, self.depth, self.expects) = (Statement::Head, false, 0, 0, false);
        self.table = Name::default();
        self.columns.clear();
        self.word.clear();
    }

    fn rows(&mut self, next: u64) {
        (self.state, self.line_start, self.column) = (State::Rows, next, 0);
    }

    /// In a text or a name in quotes: to its end.
    fn in_quotes(&mut self, bytes: &[u8], quote: u8) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        let escapes = quote != b'`' && self.escapes();
        let found = if escapes { memchr2(quote, b'\\', bytes) } else { memchr(quote, bytes) };
        let part = bytes.get(..found.unwrap_or(bytes.len())).unwrap_or_default();
        if quote != b'\'' {
            push(&mut self.word, part);
        }
        let Some(found) = found else { return bytes.len() };
        // A doubled quote opens at once what was closed.
        match bytes.get(found) {
            Some(b'\\') => self.escaped = true,
            _ => self.state = State::Plain,
        }
        found + 1
    }

    /// Rows of a `COPY`: cells between tabs, up to `\.`.
    fn in_rows(&mut self, bytes: &[u8], position: u64) -> usize {
        let end = memchr(b'\n', bytes);
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        if self.word.len() < 4 {
            push(&mut self.word, part.get(..part.len().min(4)).unwrap_or_default());
        }
        self.column += memchr::memchr_iter(b'\t', part).count();
        let Some(end) = end else { return bytes.len() };
        let ended = self.word.trim_ascii_end() == b"\\.";
        self.word.clear();
        if ended {
            self.state = State::Plain;
            self.reset();
        } else {
            self.rows(position + end as u64 + 1);
        }
        end + 1
    }

    /// Whether a backslash escapes in texts, as in MySQL: of other programs' dumps the beginning tells.
    fn escapes(&mut self) -> bool {
        if let Some(known) = self.backslash {
            return known;
        }
        let has = |word: &[u8]| memchr::memmem::find(&self.head, word).is_some();
        let escapes = !(has(b"PostgreSQL") || has(b"PRAGMA") || has(b"SQLite"));
        self.backslash = (self.head.len() == HEAD).then_some(escapes);
        escapes
    }
}

impl Walk for Sql {
    fn advance(&mut self, bytes: &[u8], begin: Begin) {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let here = begin.position + at as u64;
            let passed = match self.state {
                State::Quoted(quote) => self.in_quotes(rest, quote),
                State::Rows => self.in_rows(rest, here),
                State::LineComment => self.in_comment(rest, b'\n', None),
                State::Comment => self.in_comment(rest, b'/', Some(b'*')),
                State::Plain => self.in_plain(rest, here),
            };
            at += passed;
            self.last = rest.get(passed.wrapping_sub(1)).copied().unwrap_or(self.last);
        }
    }

    fn place(&mut self, names: &mut Names) -> Place {
        let rows = self.state == State::Rows;
        let value = rows || self.values && self.depth > 0;
        if !value {
            return Place::default();
        }
        let table = names.shown(&self.table).to_owned();
        let (column, field) = match self.columns.get(self.column) {
            Some(name) => (names.shown(name).to_owned(), names.field(name)),
            None => (format!("column {}", self.column + 1), String::new()),
        };
        let path = format!("{table}.{column}");
        let record = Some(if rows { self.line_start } else { self.tuple });
        Place { shape: path.clone(), path, field, record }
    }

    fn broken(&mut self, line: u64) -> Option<Broken> {
        let cause = match self.state {
            State::Quoted(_) => "the dump is cut short: it ends within a text",
            State::Rows => "the dump is cut short: it ends within the rows of a COPY",
            _ if self.depth > 0 => "the dump is cut short: it ends within a statement",
            _ => return None,
        };
        Some(Broken { line, cause: cause.to_owned(), help: "get the whole file; what is there was read" })
    }
}
