//! The JSON that `cloister scan` writes, read again: what is repeated in thousands of findings is held once.

mod changes;
mod findings;
mod made;

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use cloister_assessment::{Advice, AssessedFramework, AssessedRequirement, Subject};
use cloister_model::{Diagnostic, Severity};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use changes::{Changes, Since};
pub use findings::Finding;

/// One assessment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The program that made it.
    pub generator: String,
    /// Its version.
    pub version: String,
    /// When, as RFC 3339 in UTC.
    pub assessed_at: String,
    /// What was looked at.
    pub subject: Subject,
    /// The numbers.
    pub summary: Summary,
    /// What helps most, best first.
    pub advice: Vec<Advice>,
    /// Findings, as they are ranked.
    #[serde(deserialize_with = "findings::read")]
    pub findings: Vec<Arc<Finding>>,
    /// The frameworks that were asked for.
    pub frameworks: Vec<AssessedFramework>,
    /// Their requirements.
    pub requirements: Vec<AssessedRequirement>,
    /// Checks and what they came to.
    pub checks: Vec<CheckResult>,
    /// What went wrong with the input.
    pub diagnostics: Vec<Diagnostic>,
}

/// The numbers of an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Open findings by severity.
    pub open: BTreeMap<String, usize>,
    /// Open findings altogether.
    pub open_total: usize,
    /// Places with open findings.
    pub open_places: usize,
    /// Findings accepted by an exception.
    pub accepted: usize,
    /// Input that could not be read.
    pub unreadable: usize,
}

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its family's folder.
    pub family: String,
    /// Its severity in general.
    pub severity: Severity,
    /// Subjects looked at.
    pub examined: usize,
    /// Subjects with findings.
    pub failed: usize,
    /// Why it was not, or not wholly, judged.
    pub not_evaluated: Option<String>,
}

/// What is no assessment.
#[derive(Debug, thiserror::Error)]
pub enum BadReport {
    /// No JSON of its form.
    #[error("line {}, column {}: {}", .0.line(), .0.column(), cause(.0))]
    Form(#[from] serde_json::Error),
    /// It says that another program wrote it.
    #[error("it was not written by `cloister scan`")]
    Generator,
    /// It does not say when it was made.
    #[error("assessedAt is no time of RFC 3339")]
    Time,
    /// Two findings of one name could not be told apart.
    #[error("two findings have the id {0}")]
    Doubled(String),
}

/// The parser's message without its place, which is told before it; values that it quotes are left out, for they may be
/// anybody's.
fn cause(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "this is no JSON",
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Data => {
            "a field is missing, or not of the form that `cloister scan -o json` writes"
        }
        serde_json::error::Category::Io => "it could not be read to its end",
    }
}

impl Report {
    /// Reads what `cloister scan -o json` wrote.
    pub fn read(json: &[u8]) -> Result<Report, BadReport> {
        let report: Report = serde_json::from_slice(json)?;
        if report.generator != "cloister" {
            return Err(BadReport::Generator);
        }
        if report.assessed_at.parse::<jiff::Timestamp>().is_err() {
            return Err(BadReport::Time);
        }
        let mut seen = std::collections::HashSet::new();
        match report.findings.iter().find(|one| !seen.insert(&one.id)) {
            Some(doubled) => Err(BadReport::Doubled(cloister_model::clean(&doubled.id).chars().take(64).collect())),
            None => Ok(report),
        }
    }

    /// A name for what it says, whenever it was said: the same findings, states and diagnostics have the same. Each finding
    /// is in it by its print.
    pub fn digest(&self, prints: &[Print]) -> String {
        let mut hash = BufWriter::new(Hashing(Sha256::new()));
        let rest = (&self.version, &self.subject, &self.requirements, &self.checks, &self.diagnostics);
        // Nothing of it fails to be written, and hashing never does.
        let _ = serde_json::to_writer(&mut hash, &rest);
        let mut hash = hash.into_inner().map(|hashing| hashing.0).unwrap_or_default();
        prints.iter().for_each(|print| hash.update(print));
        hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What stands for all that a finding says.
pub type Print = [u8; 16];

/// The print of a finding.
pub fn print(finding: &Finding) -> Print {
    let said = serde_json::to_vec(finding).unwrap_or_default();
    let mut print = Print::default();
    print.iter_mut().zip(Sha256::digest(said)).for_each(|(to, byte)| *to = byte);
    print
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Report;

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Report::read(&bytes).is_err());
        }
    }

    #[test]
    fn an_error_names_the_place_and_no_value() {
        let error =
            Report::read(br#"{"generator": "anna.schmidt@clinic.example", "version": 3}"#).unwrap_err().to_string();
        assert!(error.starts_with("line 1, column") && !error.contains("anna"), "{error}");
    }
}
