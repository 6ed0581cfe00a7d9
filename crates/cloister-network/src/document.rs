//! The list of connections as one document, for machines. Its schema is published as `docs/schema/network.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::connections::Connections;
use crate::network::Network;
use crate::ports::PortSet;

/// Whether endpoints that are alike stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Only where there would be more than this many connections otherwise.
    Beyond(usize),
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Every connection that policies let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Endpoints that stand together: each connection of a group is one of each member. Empty where each connection
    /// stands on its own.
    pub groups: Vec<Group>,
    /// The connections, in the order of their sources and destinations.
    pub connections: Vec<Listed>,
    /// Policies of network plugins' own kinds. They take part in what a cluster decides and are not evaluated here.
    pub not_evaluated: Vec<Foreign>,
    /// Whether Istio's PeerAuthentications and AuthorizationPolicies have narrowed the connections: workloads are in its
    /// mesh, and it was not left out. What they ask of a request is unknown.
    pub narrowed_by_mesh: bool,
}

/// Endpoints that stand together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// What `source` and `destination` call it.
    pub name: String,
    /// Its endpoints, as they would stand there.
    pub members: Vec<String>,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listed {
    /// `namespace/name[Kind]`, `name[Node]`, `first-last` for addresses outside of the cluster, or a group. Between
    /// groups with common members no endpoint's connection with itself is meant.
    pub source: String,
    /// Likewise.
    pub destination: String,
    /// Ports that are open.
    pub allowed: Vec<Ports>,
    /// Ports of which the input does not tell, where there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Ports>,
}

/// Ports of one protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ports {
    /// TCP, UDP or SCTP.
    pub protocol: &'static str,
    /// Intervals, in order; they neither overlap nor touch.
    pub ports: Vec<Range>,
}

/// An interval of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Range {
    /// Its first port, from 1.
    pub first: u16,
    /// Its last port, up to 65535.
    pub last: u16,
}

/// A policy that is not evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Foreign {
    /// Its kind.
    pub kind: String,
    /// Its namespace; null for what has none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Whose kind it is.
    pub of: &'static str,
}

/// The ports of a set, by protocol.
pub fn ports(set: &PortSet) -> Vec<Ports> {
    let ports = |(protocol, ports): (crate::Protocol, &crate::Intervals<u16>)| Ports {
        protocol: protocol.as_str(),
        ports: ports.iter().map(|(first, last)| Range { first, last }).collect(),
    };
    set.protocols().map(ports).collect()
}

impl Document {
    /// All connections of a network.
    pub fn of(network: &Network<'_>, connections: &Connections, grouping: Grouping) -> Document {
        let grouped = match grouping {
            Grouping::Always => true,
            Grouping::Never => false,
            Grouping::Beyond(most) => connections.count(network) > most,
        };
        let names: Vec<String> = network.endpoints().iter().map(crate::Endpoint::name).collect();
        let is_meshed = connections.is_meshed;
        let mut writer = Writer { network, is_meshed, names, groups: BTreeMap::new(), listed: Vec::new() };
        for connection in &connections.groups {
            let (allowed, unknown) = (ports(&connection.verdict.allowed()), ports(&connection.verdict.unknown()));
            if grouped {
                let source = writer.group(&connection.sources);
                let destination = writer.group(&connection.destinations);
                writer.listed.push(Listed { source, destination, allowed, unknown });
                continue;
            }
            for (source, destination) in network.each(connection) {
                let [source, destination] = [source, destination].map(|number| writer.name(number));
                let (allowed, unknown) = (allowed.clone(), unknown.clone());
                writer.listed.push(Listed { source, destination, allowed, unknown });
            }
        }
        writer.into_document()
    }
}

struct Writer<'n, 'a> {
    network: &'n Network<'a>,
    is_meshed: bool,
    names: Vec<String>,
    /// Names of groups by their classes.
    groups: BTreeMap<Vec<usize>, String>,
    listed: Vec<Listed>,
}

impl Writer<'_, '_> {
    fn name(&self, endpoint: usize) -> String {
        self.names.get(endpoint).cloned().unwrap_or_default()
    }

    /// The name of one endpoint, or of a group of several.
    fn group(&mut self, classes: &[usize]) -> String {
        let network = self.network;
        let mut members = classes.iter().flat_map(|class| network.members(*class));
        if let (Some(only), None) = (members.next(), members.next()) {
            return self.name(*only);
        }
        let next = format!("group {}", self.groups.len() + 1);
        self.groups.entry(classes.to_vec()).or_insert(next).clone()
    }

    fn into_document(mut self) -> Document {
        self.listed.sort_by(|one, other| (&one.source, &one.destination).cmp(&(&other.source, &other.destination)));
        let group = |(classes, name): (&Vec<usize>, &String)| {
            let members = classes.iter().flat_map(|class| self.network.members(*class));
            let mut members: Vec<usize> = members.copied().collect();
            members.sort_unstable();
            Group { name: name.clone(), members: members.into_iter().map(|it| self.name(it)).collect() }
        };
        let mut groups: Vec<Group> = self.groups.iter().map(group).collect();
        groups.sort_by_key(|group| (group.name.len(), group.name.clone()));
        let foreign = self.network.not_evaluated().iter().map(|it| Foreign {
            kind: it.resource.kind.to_string(),
            namespace: it.resource.namespace.as_deref().map(str::to_owned),
            name: it.resource.name.to_string(),
            of: it.of,
        });
        let narrowed_by_mesh = self.is_meshed;
        Document { groups, connections: self.listed, not_evaluated: foreign.collect(), narrowed_by_mesh }
    }
}
