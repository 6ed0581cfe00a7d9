//! Marks: brackets, commas, comparisons, ends.

use super::{Expect, Grammar, Mode};

/// What a mark ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A row of values.
    Row,
    /// A statement.
    Statement,
}

impl Grammar {
    /// A mark; says what it ended.
    pub(crate) fn symbol(&mut self, mark: u8) -> Option<Ended> {
        self.sealed |= self.expect == Expect::AfterTable && mark != b'.';
        self.cast = if mark == b':' { (self.cast + 1).min(2) } else { 0 };
        let fresh = self.fresh.take();
        match mark {
            b'.' => {
                self.dot = true;
                self.fresh = fresh;
                return None;
            }
            b'(' => self.open(),
            b')' => return self.close(),
            b',' => self.comma(),
            b'=' | b'<' | b'>' | b'!' | b'~' if self.mode == Mode::Plain => {
                if fresh.is_some() {
                    self.left = fresh;
                }
                self.compared = self.left.is_some();
            }
            b';' if self.depth == 0 || self.mode == Mode::Options => {
                self.end();
                return Some(Ended::Statement);
            }
            _ => {}
        }
        self.dot = false;
        self.qualifier = None;
        self.previous.clear();
        None
    }

    fn open(&mut self) {
        self.depth += 1;
        if self.depth < 64 {
            self.selects &= !(1 << self.depth);
        }
        let lists = matches!(self.now.verb.as_str(), "INSERT" | "REPLACE" | "COPY" | "LOAD");
        match self.mode {
            Mode::Values(_) if self.depth == 1 => self.mode = Mode::Values(0),
            Mode::Plain if self.expect == Expect::AfterTable && self.depth == 1 && lists && self.tables.len() == 1 => {
                self.expect = Expect::Nothing;
                self.mode = Mode::Columns;
            }
            Mode::Options if self.now.verb == "LOAD" && self.depth == 1 => {
                self.settle_choice();
                self.mode = Mode::Columns;
            }
            Mode::Plain if self.compared && self.list.is_none() && self.previous == "in" => {
                self.list = Some(self.depth)
            }
            _ => {}
        }
    }

    fn close(&mut self) -> Option<Ended> {
        self.dot = false;
        self.qualifier = None;
        if self.list == Some(self.depth) {
            self.over();
        }
        self.depth = self.depth.saturating_sub(1);
        self.previous.clear();
        match self.mode {
            Mode::Columns if self.depth == 0 => self.mode = Mode::Plain,
            Mode::Values(_) if self.depth == 0 => return Some(Ended::Row),
            _ => {}
        }
        None
    }

    fn comma(&mut self) {
        match self.mode {
            Mode::Values(position) if self.depth == 1 => self.mode = Mode::Values(position.saturating_add(1)),
            Mode::Plain if self.list.is_none() => {
                let tables = self.expect == Expect::AfterTable && self.depth < 64;
                let function = self.compared && self.depth > 0;
                if !function {
                    self.over();
                }
                if tables {
                    self.expect = Expect::Table;
                }
            }
            Mode::Options => self.settle_choice(),
            _ => {}
        }
    }
}
