//! What rules found in audit events, and the sensor on the wire.

use serde::{Deserialize, Serialize};

/// Somebody did something, or something crossed the wire, that somebody should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// Its name: the same event and rule have the same.
    pub id: String,
    /// Where it was seen.
    pub source: String,
    /// Who saw it.
    pub by: By,
    /// Its entry in the evidence log, where there is one.
    pub entry: Option<u64>,
    /// What was seen. Of a sensor, whoever asked is not known.
    #[serde(flatten)]
    pub seen: cloister_rules::Detection,
}

/// Who saw something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A rule, in an audit event.
    Audit,
    /// The sensor, on the wire.
    Sensor,
}
