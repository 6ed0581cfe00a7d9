//! Which format a text is in, by its name and its beginning.

use super::name::are_names;
use crate::document::is_mail;
use memchr::{memchr, memchr_iter};

/// How a text is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lines, of which nothing more is known.
    Text,
    /// One JSON value, or several.
    Json,
    /// A JSON value a line.
    JsonLines,
    /// Rows of cells, with what separates them.
    Csv(u8),
    /// Elements.
    Xml,
    /// YAML in blocks.
    Yaml,
    /// Statements.
    Sql,
    /// Mail, or a mailbox.
    Mail,
    /// Rows of Parquet, as JSON a line.
    Parquet,
}

impl Format {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::JsonLines => "jsonl",
            Format::Csv(_) => "csv",
            Format::Xml => "xml",
            Format::Yaml => "yaml",
            Format::Sql => "sql",
            Format::Mail => "mail",
            Format::Parquet => "parquet",
        }
    }
}

/// What separates the cells of a row.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The format of a file of this name that begins so.
pub fn sniff(name: &str, head: &[u8]) -> Format {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let ending = name.rsplit(['/', '!']).next().and_then(|last| last.rsplit_once('.')).map(|(_, ending)| ending);
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson") => Format::JsonLines,
        Some("json" | "geojson" | "har") => json(head),
        Some("csv") => Format::Csv(delimiter(head).unwrap_or(b',')),
        Some("tsv" | "tab") => Format::Csv(b'\t'),
        Some("xml" | "xhtml" | "svg" | "kml" | "gpx" | "xsd" | "xsl") => Format::Xml,
        Some("yaml" | "yml") => Format::Yaml,
        Some("sql") => Format::Sql,
        Some("eml" | "mbox" | "mht") => Format::Mail,
        // Their words are known; what they hold is prose or code.
        Some("md" | "rst" | "rs" | "go" | "py" | "js" | "ts" | "java" | "c" | "h" | "html" | "htm" | "toml") => {
            Format::Text
        }
        _ => by_beginning(head),
    }
}

fn json(head: &[u8]) -> Format {
    let text = head.trim_ascii_start();
    let first = text.get(..memchr(b'\n', text).unwrap_or(text.len())).unwrap_or_default().trim_ascii();
    let after = text.get(first.len()..).unwrap_or_default().trim_ascii_start();
    let whole = first.starts_with(b"{") && first.ends_with(b"}") || first.starts_with(b"[") && first.ends_with(b"]");
    if whole && after.first().is_some_and(|byte| matches!(byte, b'{' | b'[')) {
        Format::JsonLines
    } else {
        Format::Json
    }
}

fn by_beginning(head: &[u8]) -> Format {
    let text = head.trim_ascii_start();
    let second = text.get(1..).unwrap_or_default().trim_ascii_start().first();
    let starts = |words: &[&str]| words.iter().any(|word| starts_with(text, word));
    match text.first() {
        Some(b'{') if matches!(second, Some(b'"' | b'}')) => json(text),
        Some(b'[') if matches!(second, Some(b'{' | b'[' | b'"' | b']')) => json(text),
        Some(b'<') if starts(&["<?xml"]) => Format::Xml,
        _ if starts(&[
            "-- PostgreSQL",
            "-- MySQL",
            "-- MariaDB",
            "/*!",
            "PRAGMA foreign_keys",
            "INSERT INTO ",
            "CREATE TABLE ",
        ]) =>
        {
            Format::Sql
        }
        _ if starts(&["---\n", "apiVersion:"]) => Format::Yaml,
        _ if is_mail(head) => Format::Mail,
        _ => table(text).map_or(Format::Text, Format::Csv),
    }
}

fn starts_with(text: &[u8], word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// What separates the cells of the first line most often.
fn delimiter(head: &[u8]) -> Option<u8> {
    let line = head.get(..memchr(b'\n', head).unwrap_or(head.len())).unwrap_or_default();
    let count = |delimiter: &u8| memchr_iter(*delimiter, line).count();
    DELIMITERS.into_iter().rev().max_by_key(count).filter(|delimiter| count(delimiter) > 0)
}

/// Whether the first lines are a table: names, then rows of as many cells.
fn table(head: &[u8]) -> Option<u8> {
    let delimiter = delimiter(head).filter(|delimiter| *delimiter != b'|')?;
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let cells: Vec<String> = first
        .split(|byte| *byte == delimiter)
        .map(|cell| String::from_utf8_lossy(cell.trim_ascii()).into_owned())
        .collect();
    // In prose a blank follows a comma.
    let prose = memchr::memmem::find(first, &[delimiter, b' ']).is_some();
    let narrow = |cell: &String| cell.split_whitespace().count() <= 3 && !cell.is_empty() && !prose;
    let rows: Vec<&[u8]> = lines.take(4).filter(|line| !line.is_empty()).collect();
    let alike = |row: &&[u8]| memchr_iter(delimiter, row).count() + 1 >= cells.len();
    // The last line may be cut.
    let complete =
        if head.ends_with(b"\n") { &rows } else { rows.split_last().map_or(&[] as &[&[u8]], |(_, rows)| rows) };
    (cells.len() > 1
        && cells.iter().all(narrow)
        && are_names(&cells)
        && complete.len() > 1
        && complete.iter().all(alike))
    .then_some(delimiter)
}
