//! The faces a report can have.

use std::fmt;
use std::str::FromStr;

use cloister_assessment::Assessment;

use crate::{html, json, sarif, text};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs; its schema is published as `docs/schema/report.json`.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// One page for a browser or for paper.
    Html,
}

impl Format {
    /// All formats, as they are offered.
    pub const ALL: [Format; 4] = [Format::Text, Format::Json, Format::Sarif, Format::Html];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Html => "html",
        }
    }

    /// The report in this format, ending in a line break. `options` concern text alone.
    pub fn render(self, assessment: &Assessment, options: &text::Options) -> String {
        match self {
            Format::Text => text::render(assessment, options),
            Format::Json => json::render(assessment),
            Format::Sarif => sarif::render(assessment),
            Format::Html => html::render(assessment),
        }
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Format::ALL.into_iter().map(Format::as_str).collect();
        write!(out, "unknown format \"{}\"; there are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Format, UnknownFormat> {
        Format::ALL.into_iter().find(|format| format.as_str() == word).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}
