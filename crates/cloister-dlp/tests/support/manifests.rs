//! Manifests that tests add to the clinic.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Addresses of the clinic's pods, as a cluster would tell them.
pub fn pods() -> String {
    let pod = |namespace: &str, owner: &str, kind: &str, address: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {owner}-x\n  namespace: {namespace}\n  ownerReferences:\n  \
             - {{apiVersion: apps/v1, kind: {kind}, name: {owner}, controller: true, uid: u}}\nspec:\n  containers: []\n\
             status:\n  phase: Running\n  podIP: {address}\n  podIPs: [{{ip: {address}}}]\n---\n"
        )
    };
    [
        pod("clinic", "api", "Deployment", "10.244.0.5"),
        pod("clinic", "frontend", "Deployment", "10.244.0.6"),
        pod("clinic", "worker", "Deployment", "10.244.0.7"),
        pod("clinic-data", "patients-db", "StatefulSet", "10.244.0.8"),
        pod("analytics", "collector", "Deployment", "10.244.0.9"),
    ]
    .concat()
}

/// A policy of this spec.
pub fn policy(spec: &str) -> String {
    let lines: Vec<String> = spec.lines().map(|line| format!("  {line}")).collect();
    format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: DlpPolicy\nmetadata: {{name: test}}\nspec:\n{}\n",
        lines.join("\n")
    )
}

/// Its address.
pub const STRANGER: &str = "10.244.0.20";
/// Its address.
pub const LOGGER: &str = "10.244.0.21";

/// A workload that no activity selects, and one that collects logs.
pub fn stranger() -> String {
    let one = |name: &str, image: &str, address: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: tools}}\nspec:\n  selector: \
             {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: \
             {{containers: [{{name: a, image: {image}}}]}}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}-x\n  \
             namespace: tools\n  ownerReferences:\n  - {{apiVersion: apps/v1, kind: Deployment, name: {name}, controller: \
             true, uid: u}}\nspec: {{containers: []}}\nstatus: {{phase: Running, podIP: {address}}}\n---\n"
        )
    };
    [
        one("stranger", "registry.example/stranger:1", STRANGER),
        one("shipper", "docker.io/fluent/fluent-bit:3.1", LOGGER),
    ]
    .concat()
}
