//! What is done with a breach, one step after the other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::decision::{Exemption, Risk};
use crate::severity::Level;
use crate::vocabulary::words;

words! {
    /// How much of Art. 33(3) a notification tells.
    Extent {
        Initial = "initial": "the first of several, Art. 33(4)",
        Supplement = "supplement": "more, without undue further delay, Art. 33(4)",
        Complete = "complete": "everything of Art. 33(3)",
    }
}

/// What an assessment came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// ENISA's score.
    pub score: f64,
    /// Its level.
    pub severity: Level,
    /// The risk.
    pub risk: Risk,
    /// Whether the authority is to be notified.
    pub notify: bool,
    /// Whether data subjects are to be told.
    pub communicate: bool,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// A breach is suspected: the record begins.
    Suspect {
        /// Why.
        reason: String,
    },
    /// There was no breach.
    Dismiss {
        /// What shows it.
        reason: String,
    },
    /// It is reasonably certain that there was a breach: the 72 hours begin.
    BecomeAware {
        /// When that was, which may be before it was written down.
        #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
        at: Timestamp,
        /// How.
        reason: String,
    },
    /// The severity and the risk are assessed by the facts as they stand.
    Assess {
        /// What it came to; filled in when the step is taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    },
    /// Whether the authority is notified.
    DecideNotification {
        /// Whether.
        notify: bool,
        /// Why; a decision not to notify needs it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The authority was notified.
    Notify {
        /// How much it was told.
        extent: Extent,
        /// Which authority.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        authority: String,
        /// The file number that it gave.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reference: String,
        /// Why it was not within 72 hours, Art. 33(1).
        #[serde(default, skip_serializing_if = "String::is_empty")]
        delay: String,
    },
    /// As a processor: the controller was told, Art. 33(2).
    InformController {
        /// How, and with which reference.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reference: String,
    },
    /// Whether data subjects are told.
    DecideCommunication {
        /// Whether.
        communicate: bool,
        /// The exemption that is relied on, Art. 34(3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exemption: Option<Exemption>,
        /// Why; a decision not to tell them needs it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Data subjects were told.
    Communicate {
        /// How: by letter, by e-mail, in public.
        channel: String,
        /// How many were reached, as far as it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        people: Option<u64>,
    },
    /// Something worth keeping: the facts changed, an authority asked.
    Note {
        /// What.
        reason: String,
    },
    /// Nothing is left to do.
    Close {
        /// What was learned.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// It is not over after all.
    Reopen {
        /// Why.
        reason: String,
    },
    /// The record was kept as long as it had to be, and what it says of anybody is deleted.
    Erase {
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
}

impl Step {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Suspect { .. } => "suspect",
            Step::Dismiss { .. } => "dismiss",
            Step::BecomeAware { .. } => "become-aware",
            Step::Assess { .. } => "assess",
            Step::DecideNotification { .. } => "decide-notification",
            Step::Notify { .. } => "notify",
            Step::InformController { .. } => "inform-controller",
            Step::DecideCommunication { .. } => "decide-communication",
            Step::Communicate { .. } => "communicate",
            Step::Note { .. } => "note",
            Step::Close { .. } => "close",
            Step::Reopen { .. } => "reopen",
            Step::Erase { .. } => "erase",
        }
    }

    /// What was done, for people: a few words.
    pub fn phrase(&self) -> String {
        let no = |yes: bool| if yes { "" } else { "not " };
        match self {
            Step::Suspect { .. } => "a breach is suspected".to_owned(),
            Step::Dismiss { .. } => "there was no breach".to_owned(),
            Step::BecomeAware { at, .. } => format!("aware since {}", moment(*at)),
            Step::Assess { outcome: Some(outcome) } => {
                format!(
                    "assessed: severity {} ({}), {}",
                    outcome.severity.phrase(),
                    outcome.score,
                    outcome.risk.meaning()
                )
            }
            Step::Assess { outcome: None } => "assessed".to_owned(),
            Step::DecideNotification { notify, .. } => format!("decided {}to notify the authority", no(*notify)),
            Step::Notify { extent, authority, .. } if authority.is_empty() => {
                format!("authority notified ({})", extent.as_str())
            }
            Step::Notify { extent, authority, .. } => format!("{authority} notified ({})", extent.as_str()),
            Step::InformController { .. } => "controller told".to_owned(),
            Step::DecideCommunication { communicate, .. } => {
                format!("decided {}to tell data subjects", no(*communicate))
            }
            Step::Communicate { channel, .. } => format!("data subjects told: {channel}"),
            Step::Note { .. } => "note".to_owned(),
            Step::Close { .. } => "closed".to_owned(),
            Step::Reopen { .. } => "reopened".to_owned(),
            Step::Erase { .. } => "erased".to_owned(),
        }
    }

    /// The words that somebody wrote for it.
    pub fn words(&self) -> Vec<&str> {
        let all: [&str; 2] = match self {
            Step::Suspect { reason } | Step::Dismiss { reason } | Step::BecomeAware { reason, .. } => [reason, ""],
            Step::DecideNotification { reason, .. } | Step::DecideCommunication { reason, .. } => [reason, ""],
            Step::Note { reason } | Step::Close { reason } | Step::Reopen { reason } | Step::Erase { reason } => {
                [reason, ""]
            }
            Step::Notify { reference, delay, .. } => [reference, delay],
            Step::InformController { reference } => [reference, ""],
            Step::Communicate { .. } | Step::Assess { .. } => ["", ""],
        };
        all.into_iter().filter(|words| !words.trim().is_empty()).collect()
    }

    /// The step without anything that somebody wrote: what stays when a record is erased.
    pub(crate) fn bare(&self) -> Step {
        const ERASED: &str = "erased";
        let mut bare = self.clone();
        match &mut bare {
            Step::Suspect { reason }
            | Step::Dismiss { reason }
            | Step::BecomeAware { reason, .. }
            | Step::DecideNotification { reason, .. }
            | Step::DecideCommunication { reason, .. }
            | Step::Note { reason }
            | Step::Close { reason }
            | Step::Reopen { reason }
            | Step::Communicate { channel: reason, .. }
            | Step::InformController { reference: reason } => ERASED.clone_into(reason),
            Step::Notify { authority, reference, delay, .. } => {
                authority.clear();
                reference.clear();
                // That there was a delay with reasons stays.
                if !delay.is_empty() {
                    ERASED.clone_into(delay);
                }
            }
            Step::Assess { .. } | Step::Erase { .. } => {}
        }
        bare
    }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// When it was written down.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub at: Timestamp,
    /// By whom.
    pub who: String,
    /// What was done.
    pub did: Step,
}

/// `2026-11-20 10:20 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
