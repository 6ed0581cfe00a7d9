//! Exceptions as annotations: `exception.cloister.dev/CHECK: "EXPIRY; OWNER; REASON"`.

use cloister_model::{Place, Resource};
use jiff::civil::Date;

/// What stands before the check's name.
const PREFIX: &str = "exception.cloister.dev/";

/// One such annotation.
#[derive(Debug)]
pub struct Annotation<'a> {
    /// The check's name.
    pub check: &'a str,
    /// The last day, if it could be read.
    pub expires: Option<Date>,
    /// Who answers for it.
    pub owner: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Where it stands.
    pub place: Place<'a>,
}

/// The exceptions written on a resource.
pub fn annotations(resource: &Resource) -> impl Iterator<Item = Annotation<'_>> {
    resource.root.entries_at("metadata/annotations").iter().filter_map(move |entry| {
        let check = entry.key.strip_prefix(PREFIX)?;
        let mut parts = entry.node.as_str().unwrap_or("").splitn(3, ';').map(str::trim);
        let expires = parts.next().and_then(|text| text.parse().ok());
        let (owner, reason) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        Some(Annotation { check, expires, owner, reason, place: Place::of(resource, &entry.node) })
    })
}
