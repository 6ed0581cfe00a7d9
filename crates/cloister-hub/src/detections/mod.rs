//! What rules found in audit events, and the sensor on the wire.
//!
//! ```text
//! queue of a source ─▶ Desk: judge, with what it remembers ─▶ the same who and what is one ─▶ evidence log
//!                        ▲                                                                      │
//!                        └─ place (saved every few seconds, then events are done)   store ◀─────┘─▶ happened
//! ```
//! Events stay in their queue until what the judge remembers of them is saved. If the process ends before that, they are
//! judged again from where the memory was, come to the same, and what was recorded already is found in the log again: so
//! nothing is lost and nothing is there twice.

mod desk;
mod groups;
pub mod place;
mod rounds;
pub mod rules;

use cloister_store::{KeptDetection, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

pub use self::rounds::start;

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
    /// When the hub knew of it, by its own clock.
    #[serde(default)]
    pub noticed: Timestamp,
    /// Its entry in the evidence log, where there is one.
    pub entry: Option<u64>,
    /// Which log that is, where several hubs have one each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
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

impl Detection {
    /// A new one, not recorded yet.
    pub fn new(source: &str, by: By, seen: cloister_rules::Detection, noticed: Timestamp) -> Detection {
        Detection { id: id(source, &seen), source: source.to_owned(), by, noticed, entry: None, log: None, seen }
    }

    /// As the store tells it; `None` where what it said is erased.
    pub fn kept(kept: &KeptDetection) -> Option<Detection> {
        serde_json::from_slice(&kept.detection.body).ok()
    }

    /// As the store keeps it.
    pub fn to_keep(&self) -> cloister_store::Detection {
        let namespace = Some(self.seen.what.namespace.clone()).filter(|namespace| !namespace.is_empty());
        cloister_store::Detection {
            id: self.id.clone(),
            source: self.source.clone(),
            rule: self.seen.rule.clone(),
            severity: self.seen.severity,
            // A clock that is far off says when it was by its own account; when it was noticed stands beside it.
            at: self.seen.at.unwrap_or(self.noticed),
            namespace,
            suspects_breach: self.seen.suspects_breach,
            body: self.body(),
        }
    }

    /// All of it, as JSON.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The same for the same event and rule.
fn id(source: &str, seen: &cloister_rules::Detection) -> String {
    let mut hash = Sha256::new();
    for part in [source, &seen.rule, &seen.event] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = String::with_capacity(32);
    hash.finalize().iter().take(16).for_each(|byte| {
        let _ = write!(text, "{byte:02x}");
    });
    text
}

/// One detection of a source, by its name; the second where what it said is erased.
pub fn one(store: &dyn Store, source: &str, id: &str) -> Result<Option<Detection>, cloister_store::Error> {
    let kept = store.detection(id)?.filter(|kept| kept.detection.source == source);
    Ok(kept.as_ref().and_then(Detection::kept))
}
