//! Networks from manifests made for one test.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "each test file uses a part")]

pub mod ways;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{DiagnosticLevel, Origin};
use cloister_network::{Endpoint, Network, Options, PortSet};

/// Reads manifests.
pub fn inventory(text: &str) -> Inventory {
    let parsed = parse(text, &Origin::File("k8s.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

/// The network of an inventory.
pub fn network(inventory: &Inventory) -> Network<'_> {
    Network::new(inventory, &Options::default())
}

/// A namespace.
pub fn namespace(name: &str, labels: &str) -> String {
    format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n")
}

/// A pod: `spec` and `status` in flow style, `{}` where there is nothing to say.
pub fn pod(namespace: &str, name: &str, labels: &str, spec: &str, ips: &[&str]) -> String {
    let ips: Vec<String> = ips.iter().map(|ip| format!("{{ip: '{ip}'}}")).collect();
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: c, image: i, ports: [{{name: web, containerPort: 80}}, {{name: dns, containerPort: 53, \
         protocol: UDP}}]}}]{spec}}}\nstatus: {{podIPs: [{}]}}\n",
        ips.join(", ")
    )
}

/// A NetworkPolicy.
pub fn policy(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: {namespace}}}\n\
         spec: {spec}\n"
    )
}

/// A ClusterNetworkPolicy.
pub fn cluster_policy(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {{name: {name}}}\n\
         spec: {spec}\n"
    )
}

/// The number of an endpoint by its name, or by an address that it holds.
pub fn end(network: &Network<'_>, name: &str) -> usize {
    let address: Option<std::net::IpAddr> = name.parse().ok();
    let is = |endpoint: &Endpoint<'_>| match (endpoint, address) {
        (Endpoint::Outside(addresses), Some(address)) => addresses
            .ranges()
            .any(|(first, last)| first.is_ipv4() == address.is_ipv4() && first <= address && address <= last),
        (Endpoint::Workload(workload), None) => format!("{}/{}", workload.namespace, workload.name) == name,
        _ => false,
    };
    network.endpoints().iter().position(is).unwrap_or_else(|| panic!("no endpoint {name}"))
}

/// What is open for certain, and what is unknown.
pub fn says(network: &Network<'_>, from: &str, to: &str) -> (String, String) {
    let verdict = network.between(end(network, from), end(network, to));
    (verdict.allowed().to_string(), verdict.unknown().to_string())
}

/// What is open, where nothing is unknown.
pub fn open(network: &Network<'_>, from: &str, to: &str) -> String {
    let (open, unknown) = says(network, from, to);
    assert_eq!(unknown, "nothing", "{from} → {to}");
    open
}

/// The diagnostics, in short.
pub fn problems(network: &Network<'_>) -> Vec<String> {
    let level = |level| if level == DiagnosticLevel::Error { "error" } else { "warning" };
    let line = |line: Option<u32>| line.map_or_else(|| "-".to_owned(), |line| line.to_string());
    network.warnings().iter().map(|it| format!("{}:{}: {}", level(it.level), line(it.line), it.message)).collect()
}

/// Everything.
pub fn all() -> PortSet {
    PortSet::everything()
}
