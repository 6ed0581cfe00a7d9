//! What is said of a detection: a line of JSON.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::Told;
use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::locate::{Format, Place};
use crate::profile::{Member, Together};

/// One detection, or several that matter together. It holds no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The category of data, in the words of the register.
    #[serde(serialize_with = "category")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub category: Category,
    /// The detector; of what matters together, the rule.
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// `possible`, `likely` or `certain`.
    #[serde(serialize_with = "confidence")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub confidence: Confidence,
    /// Why it was taken for this.
    pub reason: &'static str,
    /// The file; within an archive, `archive!file`.
    pub file: Arc<str>,
    /// JSON pointer, path of elements, `table.column`, column, or line. Keys that may be personal are masked.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// Where it starts, in bytes of the file; of a compressed one, of what was compressed.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
    /// What may be shown instead of it.
    pub masked: String,
    /// `KEY:HEX`, by the newest key; null without one, and of what matters together. It still is personal data.
    pub hash: Option<String>,
    /// The same by earlier keys, where it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_hashes: Vec<String>,
    /// Made for tests and documentation.
    pub test_data: bool,
    /// The parts of what matters together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Part>,
    /// The path without indexes.
    #[serde(skip)]
    pub shape: String,
}

/// A part of what matters together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its category.
    #[serde(serialize_with = "category")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub category: Category,
    /// Its kind.
    pub kind: &'static str,
    /// Its line, from 1.
    pub line: u64,
}

fn category<S: Serializer>(category: &Category, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(category.as_str())
}

fn confidence<S: Serializer>(confidence: &Confidence, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(confidence.as_str())
}

impl Reported {
    pub(super) fn value(file: &Arc<str>, detection: Detection, told: Told) -> Reported {
        Reported {
            category: detection.category,
            kind: detection.kind,
            title: detection.title,
            confidence: detection.confidence,
            reason: detection.reason,
            file: file.clone(),
            path: told.place.path,
            line: told.line,
            offset: detection.offset as u64,
            length: detection.length as u64,
            masked: detection.masked,
            hash: told.hash,
            earlier_hashes: told.earlier,
            test_data: detection.test_data,
            members: Vec::new(),
            shape: told.place.shape,
        }
    }

    /// `last` is the place of its last part.
    pub(super) fn together(file: &Arc<str>, format: Format, last: &Place, together: Together) -> Reported {
        let first = together.members.first().map_or((1, 0), |first| (first.line, first.offset));
        let end = together.members.iter().map(|member| member.offset + member.length).max().unwrap_or(0);
        let above = |path: &str| path.rsplit_once('/').map_or(String::new(), |(above, _)| above.to_owned());
        let (path, shape) = match format {
            Format::Json | Format::JsonLines | Format::Yaml | Format::Xml => (above(&last.path), above(&last.shape)),
            _ => (format!("line {}", first.0), "lines".to_owned()),
        };
        Reported {
            category: together.category,
            kind: together.kind,
            title: together.title,
            confidence: together.confidence,
            reason: "by what stands together in one record",
            file: file.clone(),
            path,
            line: first.0,
            offset: first.1 as u64,
            length: end.saturating_sub(first.1) as u64,
            masked: MASK.to_owned(),
            hash: None,
            earlier_hashes: Vec::new(),
            test_data: together.test_data,
            members: together.members.iter().map(Part::of).collect(),
            shape,
        }
    }
}

impl Part {
    fn of(member: &Member) -> Part {
        Part { category: member.category, kind: member.kind, line: member.line }
    }
}
