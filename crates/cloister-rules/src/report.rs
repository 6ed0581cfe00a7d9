//! What logs came to.

use cloister_model::Severity;
use jiff::Timestamp;
use serde::Serialize;

use crate::judge::Gaps;
use crate::{Detection, Ground, Rules};

/// Everything that was found in logs, and what could not be looked for.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many logs were read.
    pub logs: u64,
    /// Events of every stage.
    pub events: u64,
    /// When the first request arrived.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub from: Option<Timestamp>,
    /// When the last did.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// How many rules were judged.
    pub rules: u64,
    /// What was found, the worst first.
    pub detections: Vec<Told>,
    /// Detections beyond what is kept.
    pub dropped: u64,
    /// Rules that were not judged, and what they would have to know.
    pub not_judged: Vec<NotJudged>,
    /// What rules met that they could not judge.
    pub gaps: Gaps,
    /// Lines and parts that could not be read.
    pub unreadable: u64,
    /// JSON that is no audit event.
    pub foreign: u64,
}

/// A detection with what tells it from others.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Told {
    /// The same for the same who and what by the same rule.
    pub fingerprint: String,
    /// What was found.
    #[serde(flatten)]
    pub detection: Detection,
}

/// A rule that cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotJudged {
    /// The rule.
    pub rule: String,
    /// What it would have to know.
    pub lacks: &'static str,
}

impl Report {
    /// Takes the rules that are judged on this ground.
    pub fn of(rules: &Rules, ground: &Ground) -> Report {
        let lacking = |rule: &crate::Rule| Some(NotJudged { rule: rule.name.clone(), lacks: rule.lacks(ground)? });
        let not_judged: Vec<NotJudged> = rules.all().iter().filter_map(lacking).collect();
        let judged = rules.all().len().saturating_sub(not_judged.len());
        Report { rules: u64::try_from(judged).unwrap_or(u64::MAX), not_judged, ..Report::default() }
    }

    /// Takes what was found: the worst first, of equals the earliest.
    pub fn found(&mut self, detections: Vec<Detection>) {
        let told = detections.into_iter().map(|detection| Told { fingerprint: detection.fingerprint(), detection });
        self.detections = told.collect();
        let rank = |told: &Told| (!told.detection.suspects_breach, std::cmp::Reverse(told.detection.severity));
        // The order of times stays within.
        self.detections.sort_by_key(rank);
    }

    /// The worst that was found.
    pub fn worst(&self) -> Option<Severity> {
        self.detections.iter().map(|told| told.detection.severity).max()
    }
}
