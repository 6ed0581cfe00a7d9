//! What a change does. The schema is `docs/schema/network-diff.json`.

use serde::Serialize;

use crate::difference::{Change, Changes};
use crate::document::{Ports, ports};

/// Connections gained and lost by a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiffDocument {
    /// Whether no connection is gained or lost.
    pub same: bool,
    /// Workloads and nodes that are only in the older side.
    pub gone: Vec<String>,
    /// Those that are only in the newer one.
    pub new: Vec<String>,
    /// What changes, in the order of the sources' names.
    pub changes: Vec<Changed>,
}

/// Ends whose connections change alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// `namespace/name[Kind]`, `name[Node]`, or `first-last` for addresses outside of the cluster.
    pub sources: Vec<String>,
    /// Likewise.
    pub destinations: Vec<String>,
    /// Ports that come to be open.
    pub gained: Vec<Ports>,
    /// Ports that were open.
    pub lost: Vec<Ports>,
    /// Ports of which the older side does not tell.
    pub unknown_before: Vec<Ports>,
    /// Ports of which the newer one does not tell.
    pub unknown_after: Vec<Ports>,
}

impl From<&Changes> for DiffDocument {
    fn from(changes: &Changes) -> DiffDocument {
        DiffDocument {
            same: changes.all.is_empty(),
            gone: changes.gone.clone(),
            new: changes.new.clone(),
            changes: changes.all.iter().map(Changed::from).collect(),
        }
    }
}

impl From<&Change> for Changed {
    fn from(change: &Change) -> Changed {
        Changed {
            sources: change.sources.to_vec(),
            destinations: change.destinations.to_vec(),
            gained: ports(&change.gained()),
            lost: ports(&change.lost()),
            unknown_before: ports(&change.before.unknown()),
            unknown_after: ports(&change.after.unknown()),
        }
    }
}
