//! What can be said against a document or a step, with the way out.

use std::fmt;

/// A field that says what cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field: `spec.severity.overrides[0].points`.
    pub path: String,
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, cause: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { path: path.into(), cause: cause.into(), help: help.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.path, self.cause)
    }
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Unreadable {
    /// Line and column, from 1, where they are known.
    pub at: Option<(u64, u64)>,
    /// The cause. It repeats no value of the document.
    pub cause: String,
    /// The way out.
    pub help: String,
    /// What else is wrong.
    pub more: Vec<Fault>,
}

/// Why a step is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Refusal {
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

impl Refusal {
    pub(crate) fn new(cause: impl Into<String>, help: impl Into<String>) -> Refusal {
        Refusal { cause: cause.into(), help: help.into() }
    }
}
