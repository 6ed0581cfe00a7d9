//! Ways out. The schema is `docs/schema/network-exits.json`.

use serde::Serialize;

use super::{Addresses, addresses};
use crate::document::{Ports, ports};
use crate::endpoints::Endpoint;
use crate::exit::{Exit, Exits, ExternalName};
use crate::network::Network;

/// Every way out of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExitsDocument {
    /// The addresses that workloads reach.
    pub exits: Vec<WayOut>,
    /// Names that manifests give places outside.
    pub names: Vec<Name>,
}

/// What some workloads reach, which no rule tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WayOut {
    /// The workloads, as `namespace/name[Kind]`.
    pub workloads: Vec<String>,
    /// The addresses.
    pub addresses: Vec<Addresses>,
    /// Ports that are open.
    pub allowed: Vec<Ports>,
    /// Ports of which the input does not tell.
    pub unknown: Vec<Ports>,
    /// Whether these are all ports of every address of the internet.
    pub unrestricted: bool,
}

/// A name that only a name server could resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Name {
    /// The name, or a pattern of names.
    pub name: String,
    /// The kind of the resource that holds it.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub by: String,
    /// Whether it takes part in the answer: a policy's does not.
    pub evaluated: bool,
}

impl ExitsDocument {
    /// All ways out of a network.
    pub fn of(network: &Network<'_>, found: &Exits<'_>) -> ExitsDocument {
        ExitsDocument {
            exits: found.exits.iter().map(|exit| WayOut::of(network, exit)).collect(),
            names: found.names.iter().map(Name::of).collect(),
        }
    }
}

impl WayOut {
    fn of(network: &Network<'_>, exit: &Exit) -> WayOut {
        let mut members: Vec<usize> = exit.classes.iter().flat_map(|class| network.members(*class)).copied().collect();
        members.sort_unstable();
        let members = members.into_iter().filter_map(|number| network.endpoint(number));
        WayOut {
            workloads: members.map(Endpoint::name).collect(),
            addresses: addresses(&exit.addresses),
            allowed: ports(&exit.verdict.allowed()),
            unknown: ports(&exit.verdict.unknown()),
            unrestricted: exit.is_unrestricted(),
        }
    }
}

impl Name {
    fn of(it: &ExternalName<'_>) -> Name {
        let resource = it.place.resource;
        Name {
            name: it.name.to_owned(),
            kind: resource.kind.to_string(),
            namespace: resource.namespace_or_default().to_owned(),
            by: resource.name.to_string(),
            evaluated: !it.by_policy,
        }
    }
}
