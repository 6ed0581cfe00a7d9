//! Tables in texts: the column, by its name, in which something stands.
//!
//! A table begins with a line of names at the start of a text or behind an empty line (RFC 4180, and its relatives with
//! semicolons, tabs or bars), or with the list of columns of an `INSERT` or a `COPY`. It is read on row by row, each of
//! them as a whole, so that a cut within one changes nothing.

mod head;
mod rows;
mod sql;

use std::sync::{Arc, LazyLock};

use memchr::memchr;
use memchr::memmem::Finder;

use crate::engine::{Text, Words};
use crate::names::Telling;
use head::Head;
use rows::{Dialect, Row};

/// What one look at a place says.
enum Look<T> {
    /// Nothing stands there.
    Nothing,
    /// It depends on bytes that are not at hand yet.
    Wait,
    /// This, and where to go on.
    Found(T, usize),
}

/// One cell of a row, in the stream.
#[derive(Clone, Copy, Debug)]
struct Cell {
    start: usize,
    end: usize,
    head: usize,
    column: usize,
}

/// The cells of a part of a stream, in order.
#[derive(Default)]
pub struct Cells {
    all: Vec<Cell>,
    heads: Vec<Arc<Head>>,
}

/// A cell with what its column says.
pub struct Told<'c> {
    /// Where it stands, in the stream.
    pub start: usize,
    pub end: usize,
    /// What its column is called.
    pub name: &'c Arc<str>,
    /// What that tells of the value.
    pub telling: Option<Telling>,
    /// What it announces.
    pub words: Words,
}

impl Cells {
    /// Of another text.
    pub fn clear(&mut self) {
        self.all.clear();
        self.heads.clear();
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The cell in which `at` lies, in the stream.
    pub fn around(&self, at: usize) -> Option<Told<'_>> {
        let after = self.all.partition_point(|cell| cell.start <= at);
        self.told(self.all.get(after.checked_sub(1)?).filter(|cell| at <= cell.end)?)
    }

    /// Those whose columns tell what their values are.
    pub fn telling(&self) -> impl Iterator<Item = Told<'_>> {
        self.all.iter().filter_map(|cell| self.told(cell)).filter(|cell| cell.telling.is_some())
    }

    fn told(&self, cell: &Cell) -> Option<Told<'_>> {
        let column = self.heads.get(cell.head)?.columns.get(cell.column)?;
        let (name, telling, words) = (&column.name, column.telling, column.words);
        Some(Told { start: cell.start, end: cell.end, name, telling, words })
    }

    /// Takes the row of a table with this head.
    fn take(&mut self, head: &Arc<Head>, base: usize, row: &Row) {
        if self.heads.last().is_none_or(|last| !Arc::ptr_eq(last, head)) {
            self.heads.push(Arc::clone(head));
        }
        let head = self.heads.len() - 1;
        let cells = row.cells.iter().enumerate();
        self.all.extend(cells.map(|(column, (start, end))| Cell {
            start: base + start,
            end: base + end,
            head,
            column,
        }));
    }
}

/// Where a text stands.
#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Outside,
    /// In rows between separators, of which so many in a row had another count of cells.
    Rows(Arc<Head>, Dialect, u8),
    /// In the rows of an `INSERT`.
    Values(Arc<Head>),
}

impl State {
    /// The state before the last row, which was counted.
    fn one_less_strange(self) -> State {
        match self {
            State::Rows(head, dialect, strange) => State::Rows(head, dialect, strange.saturating_sub(1)),
            other => other,
        }
    }
}

/// So many rows of another length end a table.
const STRANGE: u8 = 2;

/// Follows the tables of a stream.
#[derive(Clone, Default)]
pub struct Columns {
    state: State,
    /// Where to go on, in the stream.
    next: usize,
    /// The columns of the last statement: most name the same ones as the one before.
    last: Option<Arc<Head>>,
    /// The columns of the last table that was created, by which dumps insert without naming them.
    created: Option<Arc<Head>>,
}

impl Columns {
    /// Reads the rows that lie in `from..to`. Says where the first begins of which more must be known, if there is one.
    pub fn find(&mut self, text: &Text<'_>, from: usize, to: usize, cells: &mut Cells) -> usize {
        loop {
            let at = self.next.saturating_sub(text.base).max(from);
            if at >= to {
                return to;
            }
            let wait = match std::mem::take(&mut self.state) {
                State::Outside => self.outside(text, at, to),
                State::Rows(head, dialect, strange) => self.row(text, (at, to), (&head, dialect, strange), cells),
                State::Values(head) => self.tuple(text, (at, to), &head, cells),
            };
            if let Some(wait) = wait {
                return wait;
            }
        }
    }

    /// Looks for the start of a table; says where it waits.
    fn outside(&mut self, text: &Text<'_>, at: usize, to: usize) -> Option<usize> {
        self.next = text.base + to;
        let mut from = at;
        let mut insert = inserts(text, from, to);
        loop {
            if insert.is_some_and(|insert| insert < from) {
                insert = inserts(text, from, to);
            }
            let line = line(text, from, insert.unwrap_or(to));
            let (start, begin) = line.or_else(|| insert.map(|start| (start, Begin::Insert)))?;
            match self.begin(text, start, begin) {
                Look::Nothing => from = start + 1,
                Look::Wait => {
                    self.next = text.base + start;
                    return Some(start);
                }
                Look::Found(state, next) => {
                    (self.state, self.next) = (state, text.base + next);
                    return None;
                }
            }
        }
    }

    fn begin(&mut self, text: &Text<'_>, start: usize, begin: Begin) -> Look<State> {
        match begin {
            Begin::Line => head::of_line(text, start),
            Begin::Copy => sql::copy(text, start),
            Begin::Create => self.create(text, start),
            Begin::Insert => {
                let look = sql::insert(text, start, self.last.as_ref(), self.created.as_ref());
                if let Look::Found(head, _) = &look {
                    self.last = Some(Arc::clone(head));
                }
                look.map(State::Values)
            }
        }
    }

    fn create(&mut self, text: &Text<'_>, start: usize) -> Look<State> {
        let look = sql::create(text, start);
        if let Look::Found(head, next) = look {
            self.created = Some(Arc::new(head));
            return Look::Found(State::Outside, next);
        }
        look.map(|_| State::Outside)
    }

    /// Reads a row between separators.
    fn row(
        &mut self,
        text: &Text<'_>,
        (at, to): (usize, usize),
        (head, dialect, strange): (&Arc<Head>, Dialect, u8),
        cells: &mut Cells,
    ) -> Option<usize> {
        let goes_on = |strange| State::Rows(Arc::clone(head), dialect, strange);
        match dialect.row(text, at) {
            Look::Found(row, next) if next <= to => {
                self.next = text.base + next;
                if row.cells.len() == head.columns.len() {
                    let name = row.cells.first().filter(|_| dialect.vertical).map(|name| head::spelled(text, *name));
                    match name.and_then(Head::of_pair) {
                        Some(own) => cells.take(&Arc::new(own), text.base, &row),
                        None => cells.take(head, text.base, &row),
                    }
                    self.state = goes_on(0);
                    return None;
                }
                self.strange(text, (at, next), goes_on(strange + 1), strange + 1 < STRANGE)
            }
            Look::Nothing => {
                self.next = text.base + at;
                None
            }
            Look::Wait | Look::Found(..) => {
                self.state = goes_on(strange);
                Some(at)
            }
        }
    }

    /// A row of another length: the head of another table, or one that is passed over where the table may go on.
    fn strange(&mut self, text: &Text<'_>, (at, next): (usize, usize), state: State, goes_on: bool) -> Option<usize> {
        match head::of_line(text, at) {
            Look::Wait => {
                // The same row is read again.
                (self.state, self.next) = (state.one_less_strange(), text.base + at);
                return Some(at);
            }
            Look::Found(other, next) => (self.state, self.next) = (other, text.base + next),
            Look::Nothing => {
                self.state = if goes_on { state } else { State::Outside };
                self.next = text.base + next;
            }
        }
        None
    }

    /// Reads a row of an `INSERT`.
    fn tuple(
        &mut self,
        text: &Text<'_>,
        (at, to): (usize, usize),
        head: &Arc<Head>,
        cells: &mut Cells,
    ) -> Option<usize> {
        match sql::tuple(text, at) {
            Look::Found(row, next) if next <= to => {
                if row.cells.len() == head.columns.len() {
                    cells.take(head, text.base, &row);
                }
                (self.state, self.next) = (State::Values(Arc::clone(head)), text.base + next);
                None
            }
            Look::Nothing => {
                self.next = text.base + at;
                None
            }
            Look::Wait | Look::Found(..) => {
                self.state = State::Values(Arc::clone(head));
                Some(at)
            }
        }
    }
}

/// What may begin a table.
enum Begin {
    Line,
    Insert,
    Copy,
    Create,
}

/// How statements are written, one way or the other.
static INSERTS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| [Finder::new("INSERT INTO"), Finder::new("insert into")]);

/// The first statement that starts in `from..to`.
fn inserts(text: &Text<'_>, from: usize, to: usize) -> Option<usize> {
    let find = |finder: &Finder<'_>| {
        // The words may reach over the end of what is decided.
        let near = text.from(from, to - from + finder.needle().len());
        finder.find(near).map(|position| from + position).filter(|start| *start < to)
    };
    INSERTS.iter().filter_map(find).min()
}

/// The first line of `from..to` that may begin a table.
fn line(text: &Text<'_>, from: usize, to: usize) -> Option<(usize, Begin)> {
    let mut start = from;
    while start < to {
        if let Some(begin) = at_line(text, start) {
            return Some((start, begin));
        }
        start += memchr(b'\n', text.slice(start, to))? + 1;
    }
    None
}

fn at_line(text: &Text<'_>, start: usize) -> Option<Begin> {
    let first = text.base + start == 0;
    if !first && text.before(start) != Some(b'\n') {
        return None;
    }
    let begins = |words: &[u8]| text.from(start, words.len()).eq_ignore_ascii_case(words);
    match text.at(start)? {
        b'C' | b'c' if begins(sql::COPY) => return Some(Begin::Copy),
        b'C' | b'c' if begins(sql::CREATE) => return Some(Begin::Create),
        _ => {}
    }
    let mut end = start.checked_sub(1);
    if end.is_some_and(|end| text.before(end) == Some(b'\r')) {
        end = end.and_then(|end| end.checked_sub(1));
    }
    let blank = end.is_some_and(|end| text.base + end == 0 || text.before(end) == Some(b'\n'));
    (first || blank).then_some(Begin::Line)
}

impl<T> Look<T> {
    fn map<U>(self, what: impl FnOnce(T) -> U) -> Look<U> {
        match self {
            Look::Nothing => Look::Nothing,
            Look::Wait => Look::Wait,
            Look::Found(found, next) => Look::Found(what(found), next),
        }
    }
}

/// The tables of a whole text: which column a place stands in.
pub struct Tables(Cells);

impl Tables {
    /// Reads them.
    pub fn read(text: &[u8]) -> Tables {
        let text = Text { bytes: text, base: 0, ended: true };
        let mut cells = Cells::default();
        Columns::default().find(&text, 0, text.bytes.len(), &mut cells);
        Tables(cells)
    }

    /// What the column is called in which the byte at `offset` stands; nothing outside of tables.
    pub fn column_at(&self, offset: usize) -> Option<&str> {
        self.0.around(offset).map(|cell| &**cell.name)
    }
}
