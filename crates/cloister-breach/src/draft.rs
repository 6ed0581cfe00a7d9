//! Drafts: the notification to the authority, the message to data subjects, the own record. They hold what people wrote, and
//! say what is missing.

mod fields;
mod message;
mod notification;
mod record;

use cloister_paper::Paper;
use jiff::Timestamp;
use serde::Serialize;

use crate::document::Breach;
use crate::fault::Fault;
use crate::vocabulary::words;

pub use message::Message;
pub use notification::Notification;
pub use record::Record;

words! {
    /// What is drafted.
    Kind {
        Notification = "notification": "to the supervisory authority, Art. 33(3); as a processor, to the controller",
        Message = "message": "to data subjects, Art. 34(2)",
        Record = "record": "for the own documentation, Art. 33(5)",
    }
}

/// A draft, as data and as paper.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "draft")]
pub enum Draft {
    /// To the authority.
    Notification(Box<Notification>),
    /// To data subjects.
    Message(Box<Message>),
    /// For the own record.
    Record(Box<Record>),
}

impl Draft {
    /// Drafts, as of this moment.
    pub fn new(kind: Kind, breach: &Breach, now: Timestamp) -> Result<Draft, Fault> {
        Ok(match kind {
            Kind::Notification => Draft::Notification(Box::new(Notification::new(breach, now)?)),
            Kind::Message => Draft::Message(Box::new(Message::new(breach))),
            Kind::Record => Draft::Record(Box::new(Record::new(breach, now)?)),
        })
    }

    /// For reading, printing and sending.
    pub fn paper(&self) -> Paper {
        match self {
            Draft::Notification(draft) => draft.paper(),
            Draft::Message(draft) => draft.paper(),
            Draft::Record(draft) => draft.paper(),
        }
    }

    /// What it still lacks: the field, and what for.
    pub fn missing(&self) -> &[fields::Missing] {
        match self {
            Draft::Notification(draft) => &draft.missing,
            Draft::Message(draft) => &draft.missing,
            Draft::Record(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests;
