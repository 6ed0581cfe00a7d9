//! Documents that change in place: written only over the version that was read, so that of two people who change
//! one, the second is told.

use jiff::Timestamp;

use crate::{Page, Paging, Result};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A breach of personal data, suspected or known.
    Breach,
    /// The state of an alert.
    Alert,
    /// An exception made in the hub.
    Exception,
    /// An attestation made in the hub.
    Attestation,
    /// An agent that pushes.
    Agent,
    /// A setting or state of the hub itself.
    Setting,
    /// What another scanner said of something.
    Report,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 7] =
        [Kind::Breach, Kind::Alert, Kind::Exception, Kind::Attestation, Kind::Agent, Kind::Setting, Kind::Report];

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Breach => "breach",
            Kind::Alert => "alert",
            Kind::Exception => "exception",
            Kind::Attestation => "attestation",
            Kind::Agent => "agent",
            Kind::Setting => "setting",
            Kind::Report => "report",
        }
    }
}

/// A document to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: Kind,
    /// Its id among its kind.
    pub id: String,
    /// A short word to find it by, as `open` or `closed`.
    pub state: String,
    /// The namespace that it is about, where there is one.
    pub namespace: Option<String>,
    /// When something is due: a deadline, an expiry, the next repetition.
    pub due: Option<Timestamp>,
    /// The document, as JSON.
    pub body: Vec<u8>,
}

/// A document that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its version: never 0, grows with every change, and is never used again, even where a document is removed and put
    /// anew.
    pub version: u64,
    /// When it was put, as whoever put it says.
    pub changed: Timestamp,
    /// What was put.
    pub draft: Draft,
}

/// What putting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is kept, with this version. So it is said, too, where exactly this was put over that version before.
    Kept(u64),
    /// Somebody else was first: what is there now. None where it is removed.
    Conflict(Option<Box<Document>>),
}

/// Which documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Of this kind.
    pub kind: Kind,
    /// In this state.
    pub state: Option<String>,
    /// About these namespaces; all without, none with an empty list.
    pub namespaces: Option<Vec<String>>,
    /// Due before this time.
    pub due_before: Option<Timestamp>,
}

impl DocumentFilter {
    /// All of a kind.
    pub fn of(kind: Kind) -> DocumentFilter {
        DocumentFilter { kind, state: None, namespaces: None, due_before: None }
    }
}

/// Versioned documents.
pub trait Documents {
    /// Puts a document over the version that was read; 0 where there was none.
    ///
    /// # Errors
    /// The store fails. A conflict is no error.
    fn put(&self, draft: &Draft, over: u64, now: Timestamp) -> Result<Put>;

    /// One document.
    ///
    /// # Errors
    /// The store fails.
    fn document(&self, kind: Kind, id: &str) -> Result<Option<Document>>;

    /// Documents, by id.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn documents(&self, filter: &DocumentFilter, page: &Paging) -> Result<Page<Document>>;

    /// The version that was given last to a document of this kind that is there; 0 without any. Where it is as it was, no
    /// document of the kind was put since.
    ///
    /// # Errors
    /// The store fails.
    fn newest(&self, kind: Kind) -> Result<u64>;

    /// Removes the version that was read. False where another one is there now; true also where none is.
    ///
    /// # Errors
    /// The store fails.
    fn remove(&self, kind: Kind, id: &str, version: u64) -> Result<bool>;
}
