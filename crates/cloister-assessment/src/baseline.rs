//! What is new, fixed and the same against an earlier report.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::AssessedFinding;

/// The ids of an earlier report's findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Ids, accepted findings too.
    pub ids: BTreeSet<String>,
}

/// A finding against the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Not in the baseline.
    New,
    /// In both.
    Same,
}

impl Baseline {
    /// Marks each finding and returns the ids that are gone.
    pub fn apply(&self, findings: &mut [AssessedFinding]) -> Vec<String> {
        let mut gone = self.ids.clone();
        for assessed in findings {
            let known = gone.remove(&*assessed.id);
            assessed.change = Some(if known { Change::Same } else { Change::New });
        }
        gone.into_iter().collect()
    }
}
