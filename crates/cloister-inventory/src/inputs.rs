//! What was looked at, so that what was not never counts as passed.

use std::sync::Arc;

/// Which sources the inventory was made from.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Files, charts or overlays were read.
    pub files: bool,
    /// A live cluster was listed.
    pub cluster: bool,
    /// What the API server of a live cluster says that it is, such as `v1.37.2`.
    pub server_version: Option<String>,
    /// Kinds that could not be read, with the reason.
    pub unread: Vec<Unread>,
}

/// A kind that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The kind, such as `Secret`.
    pub kind: Arc<str>,
    /// Why, and the permission that is missing, such as
    /// `forbidden: needs the verb list on secrets`.
    pub reason: String,
}
