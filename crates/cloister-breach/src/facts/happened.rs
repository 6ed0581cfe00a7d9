//! What happened, when, and how it became known.

use cloister_register::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::vocabulary::words;

words! {
    /// Where a suspicion came from.
    Source {
        Audit = "audit": "audit events, by a rule or by somebody who read them",
        Sensor = "sensor": "what was seen on the wire",
        Scan = "scan": "a scan of configuration or data",
        Employee = "employee": "somebody who works here",
        DataSubject = "data-subject": "somebody whose data it is",
        Processor = "processor": "a processor's notice, Art. 33(2)",
        Authority = "authority": "an authority",
        Media = "media": "the press, or somebody who published it",
        Attacker = "attacker": "whoever did it",
        Other = "other": "something else",
    }
}

/// Why a breach is suspected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Suspicion {
    /// Where it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The processor that gave notice, by its name in the register.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub processor: String,
    /// What supports it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl Suspicion {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Suspicion::default()
    }
}

/// Something that supports a suspicion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Evidence {
    /// What it shows.
    pub what: String,
    /// Where it is found: the id of an event, an entry of the evidence log, a file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub at: Option<Timestamp>,
}

/// When it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Occurred {
    /// Its begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub from: Option<Timestamp>,
    /// Its end; absent while it goes on, or where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub to: Option<Timestamp>,
}

words! {
    /// How it came to a breach.
    Cause {
        Mistake = "mistake": "somebody erred: a wrong recipient, a wrong attachment, a wrong setting",
        Failure = "failure": "something failed, without anybody's intent",
        Loss = "loss": "something was lost",
        Theft = "theft": "something was stolen",
        Attack = "attack": "somebody from outside broke in, or made others let them in",
        Impersonation = "impersonation": "somebody passed for the data subject, whom they aimed at",
        Insider = "insider": "somebody from inside misused what they may reach",
    }
}

impl Cause {
    /// Whether somebody meant it.
    pub fn is_malicious(self) -> bool {
        matches!(self, Cause::Theft | Cause::Attack | Cause::Impersonation | Cause::Insider)
    }
}

words! {
    /// Whether somebody had the data who should not.
    Access {
        Excluded = "excluded": "logs or the like show that nobody had it",
        Possible = "possible": "it cannot be excluded",
        Certain = "certain": "somebody had it",
    }
}

words! {
    /// Who had, or could have, the data.
    Recipients {
        Trusted = "trusted": "known, bound to secrecy or by contract, and relied on",
        Known = "known": "known, and bound to nothing",
        Unknown = "unknown": "not known, or the public",
    }
}

words! {
    /// What those who had the data have promised.
    Assurance {
        None = "none": "nothing",
        Asked = "asked": "they were asked to delete it or give it back",
        Confirmed = "confirmed": "they have confirmed that it is deleted or given back, and not used",
        Refused = "refused": "they refused, or did not answer",
    }
}

/// Disclosure, or access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Confidentiality {
    /// Whether somebody had the data; where absent, it cannot be excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// What shows it. Without it, access is not excluded.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// Who; where absent, nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Recipients>,
    /// How many of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What they have promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

words! {
    /// What a breach does to people while it lasts.
    Effect {
        None = "none": "nobody notices",
        Inconvenience = "inconvenience": "delays and efforts that can be overcome",
        Serious = "serious": "health, livelihood, liberty, or something that people depend on",
    }
}

words! {
    /// Whether what was lost or altered is there again.
    Recovery {
        Easy = "easy": "restored without difficulty",
        Difficult = "difficult": "restored, or will be, with effort or late",
        Impossible = "impossible": "gone for good",
    }
}

/// Alteration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Integrity {
    /// Whether altered data was used, or may have been; where absent, it may have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<bool>,
    /// Whether it is right again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// What it does to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// Loss, or destruction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Availability {
    /// Whether it is there again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// How long it was missing, such as `PT4H`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// What it does to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

impl Availability {
    /// Whether it was missing for more than a day: then somebody may have needed it.
    pub fn is_long(&self) -> bool {
        let duration = self.duration.as_deref().and_then(Period::parse);
        duration.is_some_and(|duration| duration.as_seconds() > 24 * 3_600)
    }
}
