//! The JSON that `cloister scan` writes, read again: what is repeated in thousands of findings is held once.

mod findings;

use std::collections::BTreeMap;

use cloister_assessment::{Advice, AssessedFramework, AssessedRequirement, Subject};
use cloister_model::{Diagnostic, Severity};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use findings::Finding;

/// One assessment.
#[derive(Debug, Serialize, Deserialize)]
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
    pub findings: Vec<Finding>,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
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

    /// A name for what it says, whenever it was said: the same findings, states and diagnostics have the same.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut part = |value: Result<Vec<u8>, serde_json::Error>| hash.update(value.unwrap_or_default());
        part(serde_json::to_vec(&(&self.version, &self.subject, &self.requirements, &self.checks, &self.diagnostics)));
        self.findings.iter().for_each(|one| part(serde_json::to_vec(one)));
        hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
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
