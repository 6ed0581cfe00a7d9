//! Ways in. The schema is `docs/schema/network-entries.json`.

use serde::Serialize;

use super::{Addresses, At, addresses};
use crate::document::{Ports, ports};
use crate::endpoints::Endpoint;
use crate::entry::{DeadEnd, Entries, Entry, Through};
use crate::network::Network;

/// Every way in from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntriesDocument {
    /// Those that lead to a workload.
    pub entries: Vec<WayIn>,
    /// Those that are written and lead nowhere.
    pub dead_ends: Vec<Nowhere>,
    /// At least so many more were not followed, since there are more than anybody reads.
    pub left_out: usize,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WayIn {
    /// What opens it.
    pub opened_by: At,
    /// The host that it answers for; null for any.
    pub host: Option<String>,
    /// The path that it leads on; null for any.
    pub path: Option<String>,
    /// The ports that callers come to; none where the input does not tell.
    pub listens: Vec<u16>,
    /// `none`, `optional`, `terminated`, `re-encrypted`, `passed through`, or `as the workload does`.
    pub tls: &'static str,
    /// The addresses that may come.
    pub from: Vec<Addresses>,
    /// Whether addresses of the internet are among them.
    pub public: bool,
    /// What callers must prove: `client certificate`, `password`, `token`, `API key`, `sign-on`, `external service`.
    pub asks: Vec<&'static str>,
    /// What may keep more callers out, and the input does not show.
    pub perhaps: Vec<String>,
    /// Who brings requests to the workload.
    pub through: By,
    /// The Service that it leads to; null for a port of the node.
    pub service: Option<String>,
    /// The workload, as `namespace/name[Kind]`.
    pub workload: String,
    /// The ports of the workload that it leads to.
    pub ports: Vec<Ports>,
    /// No container declares one of these ports. They may be open all the same.
    pub undeclared: bool,
    /// Those that policies and the mesh let in.
    pub allowed: Vec<Ports>,
    /// Those of which the input does not tell.
    pub unknown: Vec<Ports>,
    /// What the mesh asks of requests.
    pub conditions: Vec<Asked>,
}

/// Who brings requests to a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum By {
    /// The nodes.
    Nodes {
        /// Whether they keep the caller's address.
        keep_source: bool,
    },
    /// These pods of a controller.
    Pods(Vec<String>),
    /// A controller that the input does not show.
    UnseenController(bool),
    /// A load balancer outside of the cluster.
    Cloud(bool),
}

/// What a policy of the mesh asks of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Its name.
    pub policy: String,
    /// What it asks, in words.
    pub condition: String,
}

/// A way that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Nowhere {
    /// What was meant to open it.
    pub opened_by: At,
    /// The host; null for any.
    pub host: Option<String>,
    /// The path; null for any.
    pub path: Option<String>,
    /// Why, as a word in kebab-case.
    pub reason: &'static str,
    /// Why, as a sentence.
    pub message: String,
}

impl EntriesDocument {
    /// All ways in to a network.
    pub fn of(network: &Network<'_>, found: &Entries<'_>) -> EntriesDocument {
        EntriesDocument {
            entries: found.entries.iter().map(|entry| WayIn::of(network, entry)).collect(),
            dead_ends: found.dead_ends.iter().map(Nowhere::of).collect(),
            left_out: found.left_out,
        }
    }
}

impl WayIn {
    fn of(network: &Network<'_>, entry: &Entry<'_>) -> WayIn {
        let name = |number: usize| network.endpoint(number).map(Endpoint::name);
        let conditions = entry.conditions.iter();
        WayIn {
            opened_by: At::of(&entry.place),
            host: entry.host.map(str::to_owned),
            path: entry.path.map(str::to_owned),
            listens: entry.listens.clone(),
            tls: entry.tls.as_str(),
            from: addresses(&entry.guard.from),
            public: entry.guard.is_public(),
            asks: entry.guard.asked.iter().map(|it| it.as_str()).collect(),
            perhaps: entry.guard.perhaps.clone(),
            through: match &entry.through {
                Through::Nodes(keep_source) => By::Nodes { keep_source: *keep_source },
                Through::Pods(pods) => By::Pods(pods.iter().filter_map(|pod| name(*pod)).collect()),
                Through::Unseen => By::UnseenController(true),
                Through::Cloud => By::Cloud(true),
            },
            service: entry.service.map(|it| it.name.to_string()),
            workload: name(entry.workload).unwrap_or_default(),
            ports: ports(&entry.ports),
            undeclared: entry.undeclared,
            allowed: ports(&entry.verdict.allowed()),
            unknown: ports(&entry.verdict.unknown()),
            conditions: conditions
                .map(|it| Asked { policy: it.policy.name.to_string(), condition: it.text.clone() })
                .collect(),
        }
    }
}

impl Nowhere {
    fn of(dead: &DeadEnd<'_>) -> Nowhere {
        Nowhere {
            opened_by: At::of(&dead.place),
            host: dead.host.map(str::to_owned),
            path: dead.path.map(str::to_owned),
            reason: dead.reason.as_str(),
            message: dead.reason.to_string(),
        }
    }
}
