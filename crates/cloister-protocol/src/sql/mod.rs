//! SQL as far as it says where values belong: the table and the column of each literal and parameter.
//!
//! A statement is read as it comes, of any length. Only what is plain is used: a list of columns with its values,
//! `column = value`, the one table of a query. What is not understood is text.

mod grammar;
mod lexer;
mod rows;
mod telling;

pub(crate) use grammar::Grammar;
pub(crate) use lexer::Lexer;
pub(crate) use rows::{Layout, Rows, Said};
pub(crate) use telling::{Scene, Telling};

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Double quotes are names, `$1` is a parameter, backslashes only count in `E''`.
    Postgres,
    /// Double quotes are values, backticks are names, `?` is a parameter, backslashes always count.
    Mysql,
}

/// What a value in a statement is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Not known.
    #[default]
    Unknown,
    /// The value of a column, or compared with it.
    Column {
        /// Empty where it is not known.
        table: Box<str>,
        /// Empty where it is not known.
        name: Box<str>,
    },
    /// A password.
    Credential,
}

/// What is known of one statement when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its first word, in capitals.
    pub(crate) verb: String,
    /// Its one table; empty where there are several, or none.
    pub(crate) table: String,
    /// What each parameter is.
    pub(crate) parameters: Vec<Meaning>,
    /// Columns that it lists, for an insertion or a copy.
    pub(crate) columns: Vec<String>,
    /// How rows are written that are copied to or from the client.
    pub(crate) layout: Layout,
    /// Rows come from the client or go to it (`COPY`, `LOAD DATA LOCAL`).
    pub(crate) copies: bool,
}

/// How many names, and how long, are believed.
pub(crate) const NAMES: usize = 2048;
pub(crate) const NAME: usize = 256;
/// Statements of one text that are told apart.
pub(crate) const STATEMENTS: usize = 64;
