//! What the end-to-end tests of Kubernetes' network policies, and the conformance tests of ClusterNetworkPolicy, expect of
//! each connection: transcribed into tables of our own (`conformance/tables`), and held against the engine.

mod cluster_policies;
mod network_policies;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Endpoint, Network, Options, Protocol};
use serde_json::{Value, json};

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Tests.
    pub tests: usize,
    /// Connections that they expect something of.
    pub connections: usize,
    /// Those of them that must be possible.
    pub possible: usize,
    /// Those that we answer otherwise: the test, and what differs.
    pub differing: Vec<(String, String)>,
}

/// The tests of NetworkPolicy.
///
/// # Errors
/// The table cannot be read.
pub fn network_policies() -> Result<Report> {
    network_policies::compare(include_str!("../tables/network-policy.yaml")).context("tables/network-policy.yaml")
}

/// The tests of ClusterNetworkPolicy.
///
/// # Errors
/// The table cannot be read.
pub fn cluster_policies() -> Result<Report> {
    let tables = include_str!("../tables/cluster-network-policy.yaml");
    cluster_policies::compare(tables).context("tables/cluster-network-policy.yaml")
}

/// Labels by name.
type Labels = BTreeMap<String, String>;

/// A connection, and whether it must be possible.
struct Expected {
    /// `namespace/name`, or the name of a node.
    from: String,
    to: String,
    protocol: Protocol,
    port: u16,
    connects: bool,
}

impl Report {
    /// Asks the engine for each connection among these objects.
    fn compare(&mut self, test: &str, objects: &[Value], expected: &[Expected]) -> Result<()> {
        let text = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
        let parsed = parse(&text, &Origin::File("tables.json".into()), 1, &mut Interner::default());
        let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
        let network = Network::new(&inventory, &Options::default());
        for Expected { from, to, protocol, port, connects } in expected {
            self.connections += 1;
            self.possible += usize::from(*connects);
            let verdict = network.between(number(&network, from)?, number(&network, to)?);
            let said = if *connects { verdict.allowed() } else { verdict.denied() };
            if !said.contains(*protocol, *port) {
                let must = if *connects { "must connect" } else { "must not connect" };
                self.differing.push((test.to_owned(), format!("{from} → {to} {protocol:?} {port} {must}")));
            }
        }
        Ok(())
    }
}

fn number(network: &Network<'_>, name: &str) -> Result<usize> {
    let is_it = |endpoint: &Endpoint<'_>| match endpoint {
        Endpoint::Workload(it) => name.split_once('/') == Some((it.namespace, it.name)),
        Endpoint::Node(node) => &*node.resource.name == name,
        Endpoint::Outside(_) => false,
    };
    network.endpoints().iter().position(is_it).with_context(|| format!("{name} is no end"))
}

fn namespace(name: &str, labels: &Labels) -> Value {
    json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } })
}

/// A pod with named ports: name, protocol, number.
fn pod(namespace: &str, name: &str, labels: &Labels, address: &str, ports: &[(String, &str, u16)]) -> Value {
    let ports: Vec<Value> = ports
        .iter()
        .map(|(name, protocol, port)| json!({ "name": name, "protocol": protocol, "containerPort": port }))
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "namespace": namespace, "name": name, "labels": labels },
        "spec": { "containers": [{ "name": "server", "image": "server", "ports": ports }] },
        "status": { "podIP": address, "podIPs": [{ "ip": address }] },
    })
}

fn network_policy(namespace: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": { "namespace": namespace, "name": name },
        "spec": spec,
    })
}

fn protocol(word: &str) -> Result<Protocol> {
    Protocol::parse(&word.to_uppercase()).with_context(|| format!("{word} is no protocol"))
}
