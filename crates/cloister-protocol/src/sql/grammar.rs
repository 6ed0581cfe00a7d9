//! Follows the words of a statement, and knows what the next value would be.

use super::{Dialect, Meaning, NAME, NAMES, STATEMENTS, Statement};

/// What the next name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Nothing,
    /// A table, or the next part of its name after a dot.
    Table,
    /// Another name for the table just read, a list of columns, or more tables.
    AfterTable,
}

/// Where the statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plain,
    /// In the list of columns of an insertion or a copy.
    Columns,
    /// In rows of values: the position in one, from 0.
    Values(usize),
    /// In the options of a copy.
    Options,
}

/// What a written value of an option is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    None,
    Format,
    Delimiter,
    Quote,
    Escape,
    Null,
    Lines,
}

/// Follows one statement after the other.
#[derive(Clone, Debug)]
pub(crate) struct Grammar {
    dialect: Dialect,
    now: Statement,
    done: Vec<Statement>,
    mode: Mode,
    expect: Expect,
    depth: usize,
    /// A bit for each open bracket: whether a SELECT stands in it.
    selects: u64,
    /// Names of tables, and what else they are called.
    tables: Vec<(String, String)>,
    /// `a` of `a.b`.
    qualifier: Option<String>,
    /// The name before an operator.
    left: Option<(Option<String>, String)>,
    /// A name after it, which may turn out to be a function.
    fresh: Option<(Option<String>, String)>,
    compared: bool,
    /// The bracket of an `IN (…)`, whose values are all compared.
    list: Option<usize>,
    between: bool,
    credential: bool,
    cast: u8,
    dot: bool,
    choice: Choice,
    choice_text: Vec<u8>,
    previous: String,
    /// The name of the first table is whole.
    sealed: bool,
}

impl Grammar {
    pub(crate) fn new(dialect: Dialect) -> Grammar {
        Grammar {
            dialect,
            now: Statement::default(),
            done: Vec::new(),
            mode: Mode::Plain,
            expect: Expect::Nothing,
            depth: 0,
            selects: 0,
            tables: Vec::new(),
            qualifier: None,
            left: None,
            fresh: None,
            compared: false,
            list: None,
            between: false,
            credential: false,
            cast: 0,
            dot: false,
            choice: Choice::None,
            choice_text: Vec::new(),
            previous: String::new(),
            sealed: false,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The statement that is read now, as far as it is known.
    pub(crate) fn now(&self) -> &Statement {
        self.done.first().unwrap_or(&self.now)
    }

    /// What it does and to what is known.
    pub(crate) fn settled(&self) -> bool {
        !self.done.is_empty() || self.sealed
    }

    /// All statements; the last one ends.
    pub(crate) fn finish(mut self) -> Vec<Statement> {
        self.end();
        self.done
    }

    fn end(&mut self) {
        self.settle_choice();
        let now = std::mem::take(&mut self.now);
        let done = std::mem::take(&mut self.done);
        *self = Grammar { done, ..Grammar::new(self.dialect) };
        if !now.verb.is_empty() && self.done.len() < STATEMENTS {
            self.done.push(now);
        }
    }

    /// A word that is not quoted.
    pub(crate) fn word(&mut self, word: &str) {
        self.sealed |= self.expect == Expect::AfterTable && !self.dot;
        let lower = word.to_ascii_lowercase();
        if self.now.verb.is_empty() {
            self.now.verb = word.to_ascii_uppercase();
        }
        if self.mode == Mode::Options {
            self.option(&lower);
        } else if self.mode == Mode::Columns {
            self.column(if self.dialect == Dialect::Postgres { lower } else { word.to_owned() });
            return;
        } else if !self.dot && self.keyword(&lower) {
            self.qualifier = None;
            self.fresh = None;
        } else {
            self.name(if self.dialect == Dialect::Postgres { &lower } else { word });
        }
        self.previous = lower;
    }

    /// A name, folded as the dialect folds it, or quoted.
    pub(crate) fn name(&mut self, name: &str) {
        self.previous.clear();
        let after_dot = std::mem::take(&mut self.dot);
        if std::mem::take(&mut self.cast) == 2 {
            return;
        }
        match (self.mode, self.expect) {
            (Mode::Columns, _) => self.column(name.to_owned()),
            (_, Expect::Table) => self.table(name, after_dot),
            (_, Expect::AfterTable) if after_dot => self.table(name, true),
            (_, Expect::AfterTable) => {
                if let Some((_, alias)) = self.tables.last_mut() {
                    *alias = name.to_owned();
                }
            }
            (_, Expect::Nothing) => {
                let qualifier = if after_dot { self.qualifier.take() } else { None };
                self.qualifier = Some(name.to_owned());
                let found = (qualifier, name.to_owned());
                if self.compared && self.list.is_none() {
                    self.fresh = Some(found);
                } else if self.list.is_none() {
                    self.left = Some(found);
                }
            }
        }
    }

    fn table(&mut self, name: &str, continued: bool) {
        self.expect = Expect::AfterTable;
        if continued {
            if let Some((table, _)) = self.tables.last_mut().filter(|(table, _)| table.len() < NAME) {
                table.push('.');
                table.push_str(name);
            }
        } else if self.tables.len() < 32 && !self.tables.iter().any(|(table, _)| table == name) {
            self.tables.push((name.to_owned(), String::new()));
        }
        let first = self.tables.first().map(|(table, _)| table.as_str()).unwrap_or_default();
        let writes = matches!(self.now.verb.as_str(), "INSERT" | "REPLACE" | "UPDATE" | "COPY" | "LOAD");
        self.now.table.clear();
        if writes || self.tables.len() == 1 {
            self.now.table.push_str(first);
        }
    }

    fn column(&mut self, name: String) {
        if self.now.columns.len() < NAMES {
            self.now.columns.push(name);
        }
    }

    fn selecting(&self) -> bool {
        self.depth < 64 && self.selects >> self.depth & 1 == 1
    }

    /// Whether it is a word of the language here.
    fn keyword(&mut self, word: &str) -> bool {
        let inserts = matches!(self.now.verb.as_str(), "INSERT" | "REPLACE");
        match word {
            "select" => {
                if self.depth < 64 {
                    self.selects |= 1 << self.depth;
                }
                self.over();
                if self.depth == 0 {
                    self.mode = Mode::Plain;
                }
            }
            "from" => {
                let deletes = self.now.verb == "DELETE" && self.depth == 0;
                let copies = self.now.verb == "COPY" && self.depth == 0;
                if copies {
                    self.begin_copy();
                } else if (self.selecting() || deletes) && self.previous != "distinct" {
                    self.over();
                    self.expect = Expect::Table;
                }
            }
            "to" if self.now.verb == "COPY" && self.depth == 0 => self.begin_copy(),
            "join" | "into" | "using" if self.now.verb != "CREATE" => {
                self.over();
                self.expect =
                    if word == "using" && self.now.verb != "DELETE" { Expect::Nothing } else { Expect::Table };
            }
            "update" => {
                let conflict = matches!(self.previous.as_str(), "do" | "key" | "for");
                self.over();
                self.expect = if conflict { Expect::Nothing } else { Expect::Table };
                self.mode = Mode::Plain;
            }
            "insert" | "replace" if self.depth == 0 && !self.now.verb.is_empty() && self.previous.is_empty() => {
                self.over();
                self.now.verb = word.to_ascii_uppercase();
            }
            "copy" if self.now.verb == "COPY" && self.previous.is_empty() => self.expect = Expect::Table,
            "table" => {
                if self.now.verb != "LOAD" && matches!(self.now.verb.as_str(), "TRUNCATE" | "LOCK") {
                    self.expect = Expect::Table;
                }
            }
            "values" | "value" if inserts && self.depth == 0 => {
                self.over();
                self.mode = Mode::Values(0);
            }
            "fields" | "columns" | "lines" if self.now.verb == "LOAD" => {
                self.over();
                self.mode = Mode::Options;
                self.choice = Choice::None;
                self.previous = word.to_owned();
            }
            "local" if self.now.verb == "LOAD" => self.now.copies = true,
            "as" | "only" | "lateral" | "ignore" | "low_priority" | "outer" => {}
            "like" | "ilike" | "in" | "similar" | "regexp" | "rlike" | "is" => self.compared = self.left.is_some(),
            "between" => {
                self.compared = self.left.is_some();
                self.between = self.compared;
            }
            "and" if self.between => self.between = false,
            "not" | "any" | "all" | "some" | "array" | "null" | "true" | "false" | "default" | "distinct"
            | "binary" | "interval" | "date" | "timestamp" | "escape" | "collate" => {}
            "password" if matches!(self.now.verb.as_str(), "CREATE" | "ALTER" | "SET" | "GRANT") => {
                self.credential = true
            }
            "identified" => self.credential = true,
            "by" | "with" if self.credential => {}
            "with" if self.now.verb == "COPY" => self.mode = Mode::Options,
            "set" | "where" | "and" | "or" | "on" | "having" | "group" | "order" | "by" | "limit" | "offset"
            | "returning" | "inner" | "left" | "right" | "full" | "cross" | "union" | "except" | "intersect"
            | "when" | "then" | "else" | "end" | "case" | "delete" | "with" | "fetch" | "for" | "natural"
            | "straight_join" | "conflict" | "do" | "key" | "duplicate" | "window" | "merge" => self.over(),
            _ => return false,
        }
        true
    }

    /// What was compared is behind.
    fn over(&mut self) {
        self.left = None;
        self.fresh = None;
        self.compared = false;
        self.between = false;
        self.list = None;
        self.expect = Expect::Nothing;
        if matches!(self.mode, Mode::Values(_)) && self.depth == 0 {
            self.mode = Mode::Plain;
        }
    }

    fn begin_copy(&mut self) {
        self.over();
        self.now.copies = true;
        self.mode = Mode::Options;
    }

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

    /// What a value that begins here is.
    pub(crate) fn value(&mut self) -> Meaning {
        self.fresh = None;
        self.previous.clear();
        if std::mem::take(&mut self.credential) {
            return Meaning::Credential;
        }
        match self.mode {
            Mode::Values(position) if self.depth > 0 => {
                let name = self.now.columns.get(position).map(String::as_str).unwrap_or_default();
                Meaning::Column { table: self.now.table.as_str().into(), name: name.into() }
            }
            Mode::Plain if self.compared => match &self.left {
                Some((qualifier, name)) => {
                    Meaning::Column { table: self.resolve(qualifier.as_deref()).into(), name: name.as_str().into() }
                }
                None => Meaning::Unknown,
            },
            _ => Meaning::Unknown,
        }
    }

    fn resolve(&self, qualifier: Option<&str>) -> &str {
        let meant = qualifier.and_then(|asked| {
            self.tables.iter().find(|(table, alias)| asked == alias || asked == table).map(|(table, _)| table.as_str())
        });
        meant.unwrap_or(&self.now.table)
    }

    /// A parameter stands here; `number` counts from 1, or is the next one.
    pub(crate) fn parameter(&mut self, number: Option<usize>) {
        let meaning = self.value();
        let at = number.unwrap_or(self.now.parameters.len() + 1);
        if (1..=usize::from(u16::MAX)).contains(&at) && at <= self.now.parameters.len() + NAMES {
            if self.now.parameters.len() < at {
                self.now.parameters.resize(at, Meaning::Unknown);
            }
            if let Some(slot) = self.now.parameters.get_mut(at - 1).filter(|slot| **slot == Meaning::Unknown) {
                *slot = meaning;
            }
        }
    }

    /// Whether the text of a value is wanted.
    pub(crate) fn wants_text(&self) -> bool {
        self.mode == Mode::Options && self.choice != Choice::None
    }

    pub(crate) fn text(&mut self, bytes: &[u8]) {
        if self.choice_text.len() + bytes.len() <= 16 {
            self.choice_text.extend_from_slice(bytes);
        }
    }

    fn option(&mut self, word: &str) {
        let layout = &mut self.now.layout;
        match (self.choice, word) {
            (_, "format") => self.choice = Choice::Format,
            (_, "delimiter" | "delimiters" | "terminated") => {
                self.settle_choice();
                let lines = self.previous == "lines";
                self.choice = if lines { Choice::Lines } else { Choice::Delimiter };
            }
            (_, "quote" | "enclosed") => {
                self.settle_choice();
                self.choice = Choice::Quote;
            }
            (_, "escape" | "escaped") => {
                self.settle_choice();
                self.choice = Choice::Escape;
            }
            (_, "null") => {
                self.settle_choice();
                self.choice = Choice::Null;
            }
            (Choice::Format | Choice::None, "csv") => layout.become_csv(),
            (Choice::Format | Choice::None, "binary") => layout.binary = true,
            (_, "header") => layout.header = true,
            (_, "false" | "off") if self.previous == "header" => layout.header = false,
            (_, "set") => self.settle_choice(),
            _ => {}
        }
    }

    /// The written value of an option is whole.
    pub(crate) fn settle_choice(&mut self) {
        let text = std::mem::take(&mut self.choice_text);
        let first = text.first().copied();
        let layout = &mut self.now.layout;
        match std::mem::replace(&mut self.choice, Choice::None) {
            Choice::Delimiter => layout.delimiter = first.unwrap_or(layout.delimiter),
            Choice::Quote => layout.quote = first.or(layout.quote),
            Choice::Escape => layout.escape = first.unwrap_or(layout.escape),
            Choice::Null if !text.is_empty() => layout.null = text,
            Choice::Format if text.eq_ignore_ascii_case(b"csv") => layout.become_csv(),
            Choice::Format if text.eq_ignore_ascii_case(b"binary") => layout.binary = true,
            _ => {}
        }
    }
}

/// What a mark ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A row of values.
    Row,
    /// A statement.
    Statement,
}
