//! Follows the words of a statement, and knows what the next value would be.

mod keywords;
mod marks;
mod options;

pub(crate) use marks::Ended;
use options::Choice;

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
}
