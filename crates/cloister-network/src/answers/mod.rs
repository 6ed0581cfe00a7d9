//! Answers as documents, for machines. Their schemas are published in `docs/schema/`.

mod diff;
mod entries;
mod exits;
mod exposure;
mod mesh;
mod question;

use cloister_model::{Location, Place};
use serde::Serialize;

use crate::addresses::AddressSet;

pub use diff::DiffDocument;
pub use entries::{By, EntriesDocument};
pub use exits::ExitsDocument;
pub use exposure::ExposureDocument;
pub use mesh::MeshDocument;
pub use question::{Answered, CanDocument, Decides, ExplainDocument, Explained, Narrowed};

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct At {
    /// The kind of the resource.
    pub kind: String,
    /// Its namespace; `default` where none is written.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Where in it, as a JSON pointer; empty for all of it.
    pub pointer: String,
    /// The file and line; null for what was not read from a file.
    pub location: Option<Location>,
}

impl At {
    fn of(place: &Place<'_>) -> At {
        let resource = place.resource;
        At {
            kind: resource.kind.to_string(),
            namespace: resource.namespace_or_default().to_owned(),
            name: resource.name.to_string(),
            pointer: place.pointer(),
            location: place.location(),
        }
    }
}

/// Addresses that follow each other, of one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Addresses {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
}

fn addresses(set: &AddressSet) -> Vec<Addresses> {
    let one = |(first, last): (std::net::IpAddr, std::net::IpAddr)| Addresses {
        first: first.to_string(),
        last: last.to_string(),
    };
    set.ranges().map(one).collect()
}
