//! What is done about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

words! {
    /// How far a measure has come.
    MeasureStatus {
        Taken = "taken": "done",
        Proposed = "proposed": "will be done",
    }
}

/// A measure, Art. 33(3)(d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Measure {
    /// What is done.
    pub what: String,
    /// Whether it is done already.
    pub status: MeasureStatus,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub at: Option<Timestamp>,
    /// Why a high risk is no longer likely since then, Art. 34(3)(b); absent where it does not go so far.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ends_high_risk: String,
}

/// What data subjects are told, Art. 34.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Communication {
    /// What happened, in plain words, for those whose data it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plainly: String,
    /// What they can do themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
    /// Why it takes disproportionate effort to reach each of them, Art. 34(3)(c); a public communication takes its place.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub disproportionate: String,
}

impl Communication {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Communication::default()
    }
}
