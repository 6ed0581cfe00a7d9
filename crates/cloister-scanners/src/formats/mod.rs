//! Which format a document has, and reading it.

mod grype;
mod open_reports;
mod sarif;
mod severity;
mod trivy;

use crate::shape::{Collected, Format, Found, Kind, Report};
use crate::tree::{self, Budget};
use crate::view::{Faults, View, short};

/// How much is taken of one document.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Values of JSON.
    pub values: usize,
    /// Results.
    pub results: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 32 << 20, values: 2_000_000, results: 50_000 }
    }
}

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReport {
    /// More bytes than are taken.
    #[error("it is longer than {0} bytes: send what belongs together in several reports")]
    TooLong(usize),
    /// More values than are taken.
    #[error("it has more than {0} values: send what belongs together in several reports")]
    TooManyValues(usize),
    /// More results than are taken.
    #[error("it has more than {0} results: send what belongs together in several reports")]
    TooManyResults(usize),
    /// It is no JSON.
    #[error("line {line}, column {column}: it is no JSON, or nested too deeply")]
    NoJson {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It is something else.
    #[error(
        "it is none of: SARIF 2.1.0 (version, runs), a Report or ClusterReport of openreports.io, a PolicyReport or \
         ClusterPolicyReport of wgpolicyk8s.io, a list of these, Trivy's JSON (SchemaVersion 2), Grype's JSON (matches, \
         descriptor)"
    )]
    Unknown,
    /// It is a version that is not read.
    #[error("it is {0}, which is not read: {1}")]
    Version(&'static str, &'static str),
}

/// Reads a document.
///
/// # Errors
/// It is none, of no known format, or larger than is allowed. What is wrong inside of it is no error: it is told in
/// [`Report::faults`].
pub fn read(bytes: &[u8], limits: Limits) -> Result<Report, NoReport> {
    if bytes.len() > limits.bytes {
        return Err(NoReport::TooLong(limits.bytes));
    }
    let budget = Budget::new(limits.values.saturating_add(1));
    let tree = tree::read(bytes, &budget).map_err(|error| match budget.is_spent() {
        true => NoReport::TooManyValues(limits.values),
        false => NoReport::NoJson { line: error.line(), column: error.column() },
    })?;
    let faults = Faults::default();
    let whole = View::of(&tree, &faults);
    let format = format(&whole)?;
    let mut reading = Reading { into: Collected::default(), most: limits.results };
    let read = match format {
        Format::Sarif => sarif::read(&whole, &mut reading),
        Format::OpenReports | Format::PolicyReport => open_reports::read(&whole, &mut reading),
        Format::Trivy => trivy::read(&whole, &mut reading),
        Format::Grype => grype::read(&whole, &mut reading),
    };
    if read.is_none() {
        return Err(NoReport::TooManyResults(limits.results));
    }
    let parts = reading.into.into_parts();
    let (faults, more_faults) = faults.into_parts();
    Ok(Report { format, parts, faults, more_faults })
}

fn format(whole: &View<'_>) -> Result<Format, NoReport> {
    if !whole.is_object() {
        return Err(if whole.is_trivys_first_form() {
            NoReport::Version("Trivy's JSON of schema version 1", "make it with Trivy 0.20 or newer")
        } else {
            NoReport::Unknown
        });
    }
    if whole.has("runs") {
        return match whole.text("version") {
            "2.1.0" => Ok(Format::Sarif),
            _ => Err(NoReport::Version("SARIF of another version than 2.1.0", "have the scanner write 2.1.0")),
        };
    }
    if whole.has("apiVersion") {
        return open_reports::format(whole).ok_or(NoReport::Unknown);
    }
    let trivy = ["ArtifactName", "ArtifactType", "ClusterName", "Results", "Resources"];
    if whole.has("SchemaVersion") && trivy.iter().any(|name| whole.has(name))
        || whole.has("ClusterName") && (whole.has("Resources") || whole.has("Findings"))
    {
        return match whole.number("SchemaVersion") {
            Some(2) | None => Ok(Format::Trivy),
            // The JSON of a cluster had none, and counted from 0.
            Some(0) if whole.has("ClusterName") => Ok(Format::Trivy),
            Some(_) => Err(NoReport::Version("Trivy's JSON of another schema than 2", "update Trivy, or Cloister")),
        };
    }
    if whole.has("matches") && (whole.has("descriptor") || whole.has("source")) {
        return Ok(Format::Grype);
    }
    Err(NoReport::Unknown)
}

/// What is read into.
struct Reading {
    into: Collected,
    most: usize,
}

impl Reading {
    /// One more result; none where there are too many.
    fn add(&mut self, part: usize, subject: crate::Subject, found: Found) -> Option<()> {
        if self.into.results >= self.most {
            return None;
        }
        self.into.add(part, subject, found);
        Some(())
    }
}

/// Longest id, name of a file or package, in bytes.
const LONGEST_NAME: usize = 300;
/// Longest title.
const LONGEST_TITLE: usize = 400;
/// Longest word for a severity or version.
const LONGEST_WORD: usize = 80;
/// So many fixed versions are told.
const MOST_FIXED: usize = 10;

/// A result with what all formats tell of one: id, kind, severity as it is said, title.
fn found(id: &str, kind: Kind, said: &str, title: &str) -> Found {
    Found {
        id: short(id, LONGEST_NAME),
        kind,
        said: short(said, LONGEST_WORD),
        severity: severity::of_word(said),
        title: short(title, LONGEST_TITLE),
        subject: 0,
        package: String::new(),
        version: String::new(),
        fixed: Vec::new(),
        file: String::new(),
        line: 0,
        seen: None,
    }
}

fn name(text: &str) -> String {
    short(text, LONGEST_NAME)
}

fn word(text: &str) -> String {
    short(text, LONGEST_WORD)
}

fn fixed<'v>(versions: impl IntoIterator<Item = &'v str>) -> Vec<String> {
    versions.into_iter().map(word).filter(|one| !one.is_empty()).take(MOST_FIXED).collect()
}

/// Whether an id is that of a vulnerability in one of the usual lists.
fn is_vulnerability(id: &str) -> bool {
    ["CVE-", "GHSA-", "RHSA-", "DSA-", "ELSA-", "ALAS", "OSV-", "GO-", "RUSTSEC-", "PYSEC-"]
        .iter()
        .any(|begin| id.starts_with(begin))
}

/// The digest of `name@sha256:…`.
fn digest(reference: &str) -> Option<String> {
    let digest = reference.rsplit_once('@').map_or(reference, |(_, digest)| digest);
    digest.starts_with("sha").then(|| word(digest))
}
