//! A workload behind a Service, and ways in to it as lines.

use cloister_network::{Endpoint, Entries, Network};

use super::{inventory, network};

/// A Service and its workload.
pub const WEB: &str = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: admin, port: 81, targetPort: 9000}]}
";

/// A Service of that workload.
pub fn service(name: &str, rest: &str) -> String {
    format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{{rest}}}\n")
}

/// The resource of one kind in the namespace `shop`.
/// Any object beside it.
pub fn object(version: &str, kind: &str, annotations: &str, spec: &str) -> String {
    let metadata = format!("{{name: one, namespace: shop, annotations: {{{annotations}}}}}");
    format!("---\napiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\nspec: {spec}\n")
}

/// Entries, a line each: where, how it is encrypted, who may come, what is asked, and where to; then dead ends.
pub fn told(text: &str) -> Vec<String> {
    let read = inventory(text);
    let network = network(&read);
    lines(&network, &network.entries(&read))
}

/// Likewise, of what was found.
pub fn lines(network: &Network<'_>, found: &Entries<'_>) -> Vec<String> {
    let entries = found.entries.iter().map(|it| {
        let asked: Vec<&str> = it.guard.asked.iter().map(|proof| proof.as_str()).collect();
        let from = if it.guard.is_everybody() { "all".to_owned() } else { it.guard.from.to_string() };
        let verdict = match (it.verdict.allowed().is_empty(), it.verdict.unknown().is_empty()) {
            (false, true) => "open",
            (true, true) => "closed",
            _ => "unknown",
        };
        let listens: Vec<String> = it.listens.iter().map(u16::to_string).collect();
        format!(
            "{} {}{} {} {} from {from} asks [{}]{} → {} {} {verdict}",
            it.resource.kind,
            it.host.unwrap_or("*"),
            it.path.unwrap_or(""),
            listens.join(","),
            it.tls.as_str(),
            asked.join(", "),
            if it.guard.perhaps.is_empty() {
                String::new()
            } else {
                format!(" perhaps {}", it.guard.perhaps.join("; "))
            },
            network.endpoint(it.workload).map(Endpoint::name).unwrap_or_default(),
            it.ports
        )
    });
    let dead =
        found.dead_ends.iter().map(|it| format!("{} {}: {}", it.place.resource.kind, it.reason.as_str(), it.reason));
    entries.chain(dead).collect()
}
