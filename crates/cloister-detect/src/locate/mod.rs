//! Where in a structure a byte stands: JSON, CSV, XML, YAML and SQL are walked along while the engine looks at the raw
//! text. Walking skips what it can, never fails, and holds no more than the names above a place.

mod csv;
mod format;
mod json;
mod name;
mod sql;
mod xml;
mod yaml;

use csv::Csv;
pub use format::{Format, sniff};
use json::{Json, JsonLines, Rows};
use name::Names;
use sql::Sql;
use xml::Xml;
use yaml::Yaml;

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// JSON pointer, path of elements, `table.column`, column, or line; names that may be personal are masked.
    pub path: String,
    /// The same for all records: indexes are `*`.
    pub shape: String,
    /// The name nearest to it; empty where it has none or may be personal.
    pub field: String,
    /// Where its record starts: the row, tuple, object or element; none in a text.
    pub record: Option<u64>,
}

/// What is wrong with a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1.
    pub line: u64,
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: &'static str,
}

/// Where bytes begin: in the stream, and on which line.
#[derive(Clone, Copy, Debug)]
struct Begin {
    position: u64,
    line: u64,
}

impl Begin {
    /// The line on which the byte at `at` of these bytes stands: counted only where it is asked for.
    fn line_of(self, bytes: &[u8], at: usize) -> u64 {
        self.line + memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or(bytes)).count() as u64
    }
}

/// What walks along one format.
trait Walk {
    /// The next bytes.
    fn advance(&mut self, bytes: &[u8], begin: Begin);
    /// The place behind what was walked.
    fn place(&mut self, names: &mut Names) -> Place;
    /// A detection starts here: the name that it may lie in is not to be shown.
    fn hide(&mut self) {}
    /// What is wrong, and how many lines before the end; asked at the end.
    fn broken(&mut self, _line: u64) -> Option<Broken> {
        None
    }
}

/// Walks along a stream.
pub struct Locator {
    walk: Option<Box<dyn Walk + Send>>,
    names: Names,
    position: u64,
    line: u64,
}

impl std::fmt::Debug for Locator {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Locator at {}", self.position)
    }
}

impl Locator {
    /// At the start of a stream of this format.
    pub fn new(format: Format) -> Locator {
        let walk: Option<Box<dyn Walk + Send>> = match format {
            Format::Text | Format::Mail => None,
            Format::Json => Some(Box::new(Json::default())),
            Format::JsonLines => Some(Box::new(JsonLines::default())),
            Format::Parquet => Some(Box::new(Rows::default())),
            Format::Csv(delimiter) => Some(Box::new(Csv::new(delimiter))),
            Format::Xml => Some(Box::new(Xml::default())),
            Format::Yaml => Some(Box::new(Yaml::default())),
            Format::Sql => Some(Box::new(Sql::default())),
        };
        Locator { walk, names: Names::default(), position: 0, line: 1 }
    }

    /// The next bytes.
    pub fn advance(&mut self, bytes: &[u8]) {
        if let Some(walk) = &mut self.walk {
            walk.advance(bytes, Begin { position: self.position, line: self.line });
        }
        self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.position += bytes.len() as u64;
    }

    /// How many bytes were walked.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The line, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The place behind what was walked, of a detection that starts there.
    pub fn place(&mut self) -> Place {
        let line = self.line;
        let Some(walk) = &mut self.walk else { return in_line(line, None) };
        walk.hide();
        let place = walk.place(&mut self.names);
        if place.path.is_empty() { in_line(line, place.record) } else { place }
    }

    /// What is wrong with the structure, now that it has ended.
    pub fn broken(&mut self) -> Option<Broken> {
        let line = self.line;
        self.walk.as_mut().and_then(|walk| walk.broken(line))
    }
}

fn in_line(line: u64, record: Option<u64>) -> Place {
    Place { path: format!("line {line}"), shape: "lines".to_owned(), field: String::new(), record }
}

#[cfg(test)]
mod tests;
