//! Silence for a stated time, with a reason and an owner.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::matching::Match;

/// A longer silence is a decision about the route or an exception.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);

/// Nothing is said of some alerts for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Silence {
    /// Of which.
    #[serde(rename = "match")]
    pub matching: Match,
    /// From when.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub starts_at: Timestamp,
    /// Until when.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub ends_at: Timestamp,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
}

/// What a silence lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// No reason.
    #[error("a silence has a reason: say why nobody needs to hear of it")]
    Reason,
    /// No owner.
    #[error("a silence has an owner: say who answers for it")]
    Owner,
    /// It is over before it begins, or now.
    #[error("the silence is over already: give it an end that is to come, after its start")]
    Over,
    /// Longer than a month.
    #[error("a silence lasts 31 days at the most: what is never to be heard of is an exception, or a route")]
    Long,
    /// Of everything.
    #[error("a silence of every alert would hide a breach: say of which, by severity, namespace or name")]
    Everything,
}

impl Silence {
    /// Whether it may be made now.
    ///
    /// # Errors
    /// What it lacks.
    pub fn check(&self, now: Timestamp) -> Result<(), Unsound> {
        if self.reason.trim().is_empty() {
            return Err(Unsound::Reason);
        }
        if self.owner.trim().is_empty() {
            return Err(Unsound::Owner);
        }
        if self.ends_at <= now || self.ends_at <= self.starts_at {
            return Err(Unsound::Over);
        }
        if self.ends_at.duration_since(now.max(self.starts_at)) > LONGEST {
            return Err(Unsound::Long);
        }
        if self.matching.is_everything() { Err(Unsound::Everything) } else { Ok(()) }
    }

    /// Whether it is silent about this alert at this time.
    pub fn covers(&self, alert: &Alert, now: Timestamp) -> bool {
        self.starts_at <= now && now < self.ends_at && self.matching.fits(alert)
    }
}
