//! # What it does
//! Finds listeners of Gateways (Gateway API and Istio) for every host name or for
//! `*.` names. Without a name of its own, a listener is judged by its routes.
//!
//! # Why it matters
//! Requests for names that nobody planned reach the workloads, and any route may
//! claim any name.
//!
//! # What to do
//! Write the `hostname` that the listener serves.
//!
//! # References
//! GDPR Art. 25(2). Gateway API, `Listener.hostname`.

use cloister_model::{Node, Place, Resource, Severity};

use super::routes;
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "gateway-wildcard-host",
    title: "Gateway takes any host name",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(
        &["Gateway", "ListenerSet", "XListenerSet.gateway.networking.x-k8s.io", "Gateway.networking.istio.io"],
        |gateway, findings| {
            if gateway.group() == "networking.istio.io" {
                return istio(gateway, findings);
            }
            for listener in gateway.root.items_at("spec/listeners") {
                if !matches!(listener.str_at("protocol"), Some("HTTP" | "HTTPS" | "TLS")) {
                    continue;
                }
                let hostname = listener.str_at("hostname").unwrap_or("");
                let open =
                    hostname.starts_with('*') || hostname.is_empty() && !routes_name_hosts(findings, gateway, listener);
                if open {
                    let which = if hostname.is_empty() { "every host" } else { hostname };
                    let name = listener.str_at("name").unwrap_or("");
                    findings
                        .report(Place::of(gateway, listener).at("hostname"))
                        .message(format!("listener \"{name}\" of {} \"{}\" takes {which}", gateway.kind, gateway.name))
                        .fix("hostname: www.example.com");
                }
            }
        },
    ),
};

/// Whether routes are attached, and each names its hosts.
fn routes_name_hosts(findings: &Findings<'_>, gateway: &Resource, listener: &Node) -> bool {
    let mut attached = routes::routes_of(findings, gateway, listener).peekable();
    attached.peek().is_some() && attached.all(|route| !route.root.items_at("spec/hostnames").is_empty())
}

fn istio(gateway: &Resource, findings: &mut Findings<'_>) {
    for server in gateway.root.items_at("spec/servers") {
        let all = server.items_at("hosts").iter().find(|host| {
            // A namespace may stand before the name.
            host.as_str().is_some_and(|host| host.rsplit('/').next().is_some_and(|name| name.starts_with('*')))
        });
        if let Some(host) = all {
            let which = host.as_str().unwrap_or("*").to_owned();
            findings
                .report(Place::of(gateway, host))
                .message(format!("Gateway \"{}\" takes {which}", gateway.name))
                .fix("hosts: [www.example.com]");
        }
    }
}
